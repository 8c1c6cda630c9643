/**
 * Scaled dot-product attention with a gradient of its own (FlashAttention, arXiv 2205.14135, appendix B.2): the row sums of
 * softmax's Jacobian are those of dO∘O, so that nothing but the probabilities is kept. Query heads that share a key head are
 * stacked as further rows of one product. Long causal attention is cut into blocks of queries, each against the keys it sees.
 */
import type { GraphBuilder } from '../graph/builder.ts';
import { add, multiply } from '../graph/rules/arithmetic.ts';
import type { BatchedProduct } from '../graph/rules/matrix.ts';
import { reduceSum } from '../graph/rules/reduce.ts';
import { concat, expand, reshape, slice, transpose } from '../graph/rules/shape.ts';
import { softmax } from '../graph/rules/softmax.ts';
import { negate } from '../graph/rules/unary.ts';
import { sizeOf } from '../graph/value.ts';
import type { Shape, Value } from '../graph/value.ts';

/** Queries `start` to `end` (exclusive) against the first `keys` keys. */
export interface QueryBlock {
  readonly start: number;
  readonly end: number;
  readonly keys: number;
  /** Added to the scores; broadcasts to `[...batch, sharing, end − start, keys]`. */
  readonly mask?: Value;
}

/** Operands: `query [...batch, sharing, queries, size]`, `key` and `value [...batch, keys, size]`. */
export interface AttentionOperands {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly blocks: readonly QueryBlock[];
}

/** Cuts `length` causal queries into blocks; the first `seen` keys are visible to all of them. */
export function causalBlocks(length: number, seen: number): Omit<QueryBlock, 'mask'>[] {
  const longest = 128;
  const count = Math.ceil(length / longest);
  return Array.from({ length: count }, (_, index) => {
    const end = Math.min(length, (index + 1) * longest);
    return { start: index * longest, end, keys: seen + end };
  });
}

interface SavedBlock extends QueryBlock {
  readonly queries: Value;
  readonly keyPart: Value;
  readonly valuePart: Value;
  readonly probabilities: Value;
  readonly output: Value;
}

/** Attention output `[...batch, sharing, queries, size]`. */
export function attend(
  graph: GraphBuilder,
  product: BatchedProduct,
  { query, key, value, blocks }: AttentionOperands,
): Value {
  const rank = query.shape.length;
  const [sharing, queries, size] = query.shape.slice(-3) as [number, number, number];
  const batch = query.shape.slice(0, -3);
  const flat = sizeOf(batch);
  const keys = key.shape.at(-2)!;
  const scale = 1 / Math.sqrt(size);
  const saved: SavedBlock[] = [];
  const stacked = (x: Value, rows: number) => reshape(graph, x, [flat, sharing * rows, size]);
  const unstacked = (x: Value, rows: number) => reshape(graph, x, [...batch, sharing, rows, size]);

  const build = () => {
    const flatKey = reshape(graph, key, [flat, keys, size]);
    const flatValue = reshape(graph, value, [flat, keys, size]);
    const outputs = blocks.map((block) => {
      const rows = block.end - block.start;
      const own = stacked(slice(graph, query, rank - 2, block.start, block.end), rows);
      const keyPart = slice(graph, flatKey, 1, 0, block.keys);
      const valuePart = slice(graph, flatValue, 1, 0, block.keys);
      const scores = product(graph, own, keyPart, { transposeB: true, scale });
      const shape: Shape = [...batch, sharing, rows, block.keys];
      const masked = block.mask ? add(graph, reshape(graph, scores, shape), block.mask) : scores;
      const probabilities = reshape(graph, softmax(graph, masked), scores.shape);
      const output = product(graph, probabilities, valuePart);
      saved.push({ ...block, queries: own, keyPart, valuePart, probabilities, output });
      return unstacked(output, rows);
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
    for (const block of saved) {
      const { queries: own, keyPart, valuePart, probabilities, output } = block;
      const rows = block.end - block.start;
      const part = stacked(slice(graph, incoming, rank - 2, block.start, block.end), rows);
      const rowSums = reduceSum(graph, multiply(graph, part, output), [-1]);
      // (dO·Vᵀ − rowSums) as one product: a column −rowSums beside dO meets a column of ones beside V.
      const ones = expand(graph, graph.scalar(1), [flat, block.keys, 1]);
      const centred = product(
        graph,
        concat(graph, [part, negate(graph, rowSums)], -1),
        concat(graph, [valuePart, ones], -1),
        { transposeB: true },
      );
      const scoreGradient = multiply(graph, probabilities, centred);
      const forValue = padded(overQueries(probabilities, part, 1));
      const forKey = padded(overQueries(scoreGradient, own, scale));
      queryParts.push(unstacked(product(graph, scoreGradient, keyPart, { scale }), rows));
      keyGradient = keyGradient ? add(graph, keyGradient, forKey) : forKey;
      valueGradient = valueGradient ? add(graph, valueGradient, forValue) : forValue;
    }
    return [
      concat(graph, queryParts, rank - 2),
      reshape(graph, keyGradient!, key.shape),
      reshape(graph, valueGradient!, value.shape),
    ];
  };

  const output = graph.composite([query, key, value], build, differentiate);
  if (output.shape.at(-2) !== queries) throw new Error('the blocks do not cover the queries');
  return output;
}
