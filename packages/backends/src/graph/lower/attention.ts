/**
 * Computes scaled dot-product attention with a gradient of its own (FlashAttention, arXiv 2205.14135, appendix B.2): the row sums of
 * softmax's Jacobian are those of dO∘O, so that nothing but the probabilities is kept. Query heads that share a key head are stacked as
 * further rows of one product. Attention is cut into blocks of queries, each against its visible keys, so that no array is as large as
 * queries times keys.
 */
import type { GraphBuilder } from '../ir/builder.ts';
import { after } from '../autodiff/checkpointed-segment.ts';
import { add, multiply } from '../rules/arithmetic.ts';
import type { BatchedProduct } from '../rules/matrix.ts';
import { reduceSum } from '../rules/reduce.ts';
import { concat, expand, reshape, slice, transpose } from '../rules/shape.ts';
import { softmax } from '../rules/softmax.ts';
import { negate } from '../rules/unary.ts';
import { sizeOf } from '../ir/value.ts';
import type { Value } from '../ir/value.ts';

/** Queries `start` to `end` (exclusive) against the first `keys` keys. */
export interface QueryBlock {
  readonly start: number;
  readonly end: number;
  readonly keys: number;
  /** Added to the scores; broadcasts to `[...batch, sharing, rows, keys]`. */
  readonly mask?: Value;
}

/** Operands: `query [...batch, sharing, queries, size]`, `key` and `value [...batch, keys, size]`. */
export interface AttentionOperands {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly blocks: readonly QueryBlock[];
  /** Recompute the probabilities of each block for its gradient, rather than keep those of all blocks. */
  readonly recompute?: boolean;
}

const USUAL_ROWS = 128;
const MOST_ROWS = 256;
const LEAST_ROWS = 16;
/** The most scores of a block, and the number of blocks beyond which blocks grow up to it. */
const BLOCK_SCORES = 2 ** 24;
const MANY_BLOCKS = 64;

/**
 * Cuts `length` queries into blocks. Only the scores of one block are in memory at a time, so blocks have fewer rows where keys and heads
 * are many, and more rows where there would be very many blocks.
 *
 * @param width scores of one query row at its longest: all heads that run together, times the keys.
 */
export function queryBlocks(
  length: number,
  width: number,
): { readonly start: number; readonly end: number }[] {
  const fitting = Math.max(LEAST_ROWS, 16 * Math.floor(BLOCK_SCORES / width / 16));
  const wanted = Math.max(USUAL_ROWS, 16 * Math.ceil(length / MANY_BLOCKS / 16));
  const rows = Math.min(wanted, MOST_ROWS, fitting);
  return Array.from({ length: Math.ceil(length / rows) }, (_, index) => ({
    start: index * rows,
    end: Math.min(length, (index + 1) * rows),
  }));
}

/** A block under construction. */
interface ScoredBlock extends QueryBlock {
  readonly queries: Value;
  readonly keyPart: Value;
  readonly valuePart: Value;
  readonly probabilities: Value;
}

/** Attention output `[...batch, sharing, queries, size]`. */
export function attend(
  graph: GraphBuilder,
  product: BatchedProduct,
  { query, key, value, blocks, recompute = false }: AttentionOperands,
): Value {
  const rank = query.shape.length;
  const [sharing, length, size] = query.shape.slice(-3) as [number, number, number];
  const batch = query.shape.slice(0, -3);
  const flat = sizeOf(batch);
  const keys = key.shape.at(-2)!;
  const scale = 1 / Math.sqrt(size);
  const again = recompute && blocks.length > 1;
  const saved: (ScoredBlock & { readonly output: Value })[] = [];
  const stacked = (x: Value, rows: number) => reshape(graph, x, [flat, sharing * rows, size]);
  const unstacked = (x: Value, rows: number) => reshape(graph, x, [...batch, sharing, rows, size]);
  const rowsOf = (x: Value, { start, end }: QueryBlock) =>
    stacked(slice(graph, x, rank - 2, start, end), end - start);

  const score = (own: Value, keyPart: Value, { start, end, keys: seen, mask }: QueryBlock) => {
    const scores = product(graph, own, keyPart, { transposeB: true, scale });
    if (!mask) return scores;
    const shape = [...batch, sharing, end - start, seen];
    return reshape(graph, add(graph, reshape(graph, scores, shape), mask), scores.shape);
  };
  const prepare = (own: Value, block: QueryBlock): ScoredBlock => {
    const all = (x: Value) => reshape(graph, x, [flat, keys, size]);
    const keyPart = slice(graph, all(key), 1, 0, block.keys);
    const valuePart = slice(graph, all(value), 1, 0, block.keys);
    const probabilities = softmax(graph, score(own, keyPart, block));
    return { ...block, queries: own, keyPart, valuePart, probabilities };
  };

  const build = () => {
    const outputs = blocks.map((block) => {
      const scored = prepare(rowsOf(query, block), block);
      const output = product(graph, scored.probabilities, scored.valuePart);
      saved.push({ ...scored, output });
      return unstacked(output, block.end - block.start);
    });
    return concat(graph, outputs, rank - 2);
  };

  const differentiate = (incoming: Value) => {
    const queryParts: Value[] = [];
    let keyGradient: Value | undefined;
    let valueGradient: Value | undefined;
    const padded = (part: Value) =>
      part.shape[1] === keys
        ? part
        : concat(graph, [part, graph.zeros([flat, keys - part.shape[1]!, size])], 1);
    // weightsᵀ·rows as (rowsᵀ·weights)ᵀ: transposing the narrow operand is a third faster than transposing the square one.
    const overQueries = (weights: Value, rows: Value, factor: number) =>
      transpose(
        graph,
        product(graph, rows, weights, { transposeA: true, scale: factor }),
        [0, 2, 1],
      );
    // The block with the most keys first: the memory that it frees suffices for each of the others.
    for (const { output, ...block } of saved.toReversed()) {
      // One block after another, so that the memory of one is free before the next begins.
      const before = [queryParts.at(-1), keyGradient, valueGradient].filter((x) => !!x);
      const own = rowsOf(incoming, block);
      const part = again ? after(graph, own, before) : own;
      const { queries, keyPart, valuePart, probabilities } = again
        ? prepare(after(graph, rowsOf(query, block), [part]), block)
        : block;
      const rows = block.end - block.start;
      const rowSums = reduceSum(graph, multiply(graph, part, output), [-1]);
      // (dO·Vᵀ − rowSums) as one product: a column −rowSums beside dO meets a column of ones beside V.
      const ones = expand(graph, graph.scalar(1), [flat, block.keys, 1]);
      const centered = product(
        graph,
        concat(graph, [part, negate(graph, rowSums)], -1),
        concat(graph, [valuePart, ones], -1),
        { transposeB: true },
      );
      const scoreGradient = multiply(graph, probabilities, centered);
      const forValue = padded(overQueries(probabilities, part, 1));
      const forKey = padded(overQueries(scoreGradient, queries, scale));
      queryParts.push(unstacked(product(graph, scoreGradient, keyPart, { scale }), rows));
      keyGradient = keyGradient ? add(graph, keyGradient, forKey) : forKey;
      valueGradient = valueGradient ? add(graph, valueGradient, forValue) : forValue;
    }
    return [
      concat(graph, queryParts.toReversed(), rank - 2),
      reshape(graph, keyGradient!, key.shape),
      reshape(graph, valueGradient!, value.shape),
    ];
  };

  const output = graph.composite([query, key, value], build, differentiate);
  if (output.shape.at(-2) !== length) throw new Error('the blocks do not cover the queries');
  return output;
}
