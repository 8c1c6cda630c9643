/**
 * Computes attention of generated tokens. The keys of a completion are in three places: those of the prompt, stored once for all
 * completions of a group; those of earlier chunks, which do not change within a chunk; and those of the chunk itself, which grow by one
 * each step. Only the last, short part is copied from step to step.
 */
import type { DecoderSizes } from '../../models/spec/sizes.ts';
import { cacheNames } from './caches.ts';
import { multiply } from '../rules/arithmetic.ts';
import { reshape, transpose } from '../rules/shape.ts';
import { softmax } from '../rules/softmax.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { lengthOf, UNKNOWN } from '../ir/value.ts';
import type { Shape, Value } from '../ir/value.ts';
import type { Kernels } from '../lower/kernels.ts';

/** Rows of a decoding step. */
export interface DecodeRows {
  readonly groups: number;
  /** Of each prompt; `UNKNOWN` where every run has its own number of them. */
  readonly completions: number;
  readonly promptLength: number;
}

/** Keys and values of one layer in one of the three places. */
export interface KeyValues {
  readonly key: Value;
  readonly value: Value;
}

/** The parts that do not change during a chunk. */
export interface FixedKeyValues {
  /** `[groups · kvHeads, promptLength, headDim]` each. */
  readonly prompt: KeyValues;
  /** `[groups · kvHeads · completions, tokens so far, headDim]` each; absent while there are none. */
  readonly past?: KeyValues;
  /** `[groups, 1, 1, promptLength]`: 0, or a large negative number for padding. */
  readonly promptMask: Value;
  /** Number of keys of prompt and past together, `[1]` int64, after which those of the chunk begin. */
  readonly pastEnd: Value;
}

/**
 * Declares the cache inputs of a graph, layer by layer: `promptMask`, and the caches of prompt and past.
 *
 * @param hasPast false for the first token of a step graph: keys of length 0 cannot be inputs.
 */
export function declareCaches(
  graph: GraphBuilder,
  { groups, completions, promptLength }: DecodeRows,
  { kvHeads, headDim, layers }: DecoderSizes,
  hasPast = true,
): readonly FixedKeyValues[] {
  const mask = graph.input('promptMask', [groups, promptLength]);
  const promptMask = reshape(graph, mask, [groups, 1, 1, promptLength]);
  const declare = (place: 'prompt' | 'past', shape: Shape) =>
    cacheNames(place, layers).map((name) => graph.input(name, shape));
  const prompt = declare('prompt', [groups * kvHeads, promptLength, headDim]);
  const past = hasPast
    ? declare('past', [lengthOf(groups, kvHeads, completions), UNKNOWN, headDim])
    : undefined;
  let pastEnd = graph.integers([promptLength]);
  if (past) {
    const made = graph.emit('Shape', [past[0]!], [1], { start: 1, end: 2 }, { type: 'int64' });
    pastEnd = graph.emit('Add', [pastEnd, made], [1]);
  }
  const pair = (list: readonly Value[], layer: number): KeyValues => ({
    key: list[2 * layer]!,
    value: list[2 * layer + 1]!,
  });
  return Array.from({ length: layers }, (_, layer) => ({
    prompt: pair(prompt, layer),
    ...(past ? { past: pair(past, layer) } : {}),
    promptMask,
    pastEnd,
  }));
}

/**
 * From token rows `[groups · completions, kvHeads · width]` to `[groups · kvHeads · completions, rows, headDim]`, in which
 * the completions of a group lie side by side, so that one product covers all of them and the prompt's keys.
 */
export function byHead(graph: GraphBuilder, x: Value, rows: DecodeRows, text: DecoderSizes): Value {
  const { groups, completions } = rows;
  const { kvHeads, headDim } = text;
  const perHead = x.shape[1]! / kvHeads / headDim;
  const apart = reshape(graph, x, [groups, completions, kvHeads, perHead, headDim]);
  return reshape(graph, transpose(graph, apart, [0, 2, 1, 3, 4]), [
    lengthOf(groups, kvHeads, completions),
    perHead,
    headDim,
  ]);
}

/** Back from `byHead` to token rows. */
function byRow(graph: GraphBuilder, x: Value, rows: DecodeRows, text: DecoderSizes): Value {
  const { groups, completions } = rows;
  const { kvHeads, headDim, heads } = text;
  const apart = reshape(graph, x, [groups, kvHeads, completions, heads / kvHeads, headDim]);
  return reshape(graph, transpose(graph, apart, [0, 2, 1, 3, 4]), [
    lengthOf(groups, completions),
    heads * headDim,
  ]);
}

/** Puts the new token's keys or values after those of the chunk. */
export function append(graph: GraphBuilder, chunk: Value, added: Value): Value {
  const shape = [added.shape[0]!, UNKNOWN, added.shape[2]!];
  return graph.emit('Concat', [chunk, added], shape, { axis: 1 });
}

/**
 * `softmax(q · kᵀ / √headDim) · v` over the three parts together.
 *
 * @param query token rows `[groups · completions, heads · headDim]`, rotated.
 * @param chunk keys and values of the chunk, those of the new token included.
 * @returns token rows `[groups · completions, heads · headDim]`.
 */
export function attendParts(
  graph: GraphBuilder,
  { product, sum }: Kernels,
  query: Value,
  { prompt, past, promptMask, pastEnd }: FixedKeyValues,
  chunk: KeyValues,
  rows: DecodeRows,
  text: DecoderSizes,
): Value {
  const { groups, completions, promptLength } = rows;
  const { kvHeads, headDim } = text;
  const sharing = text.heads / kvHeads;
  const own = lengthOf(groups, kvHeads, completions);
  const stacked = [groups * kvHeads, lengthOf(completions, sharing)];
  const scaled = multiply(graph, query, graph.scalar(1 / Math.sqrt(headDim)));
  const queries = byHead(graph, scaled, rows, text);
  const towards = (q: Value, key: Value) => product(graph, q, key, { transposeB: true });

  const shared = towards(reshape(graph, queries, [...stacked, headDim]), prompt.key);
  const masked = graph.emit(
    'Add',
    [reshape(graph, shared, [groups, kvHeads, stacked[1]!, promptLength]), promptMask],
    [groups, kvHeads, stacked[1]!, promptLength],
  );
  const scores = graph.emit(
    'Concat',
    [
      reshape(graph, masked, [own, sharing, promptLength]),
      ...(past ? [towards(queries, past.key)] : []),
      towards(queries, chunk.key),
    ],
    [own, sharing, UNKNOWN],
    { axis: 2 },
  );
  const probabilities = softmax(graph, scores);
  const part = (from: Value, to: Value, length: number) =>
    graph.emit('Slice', [probabilities, from, to, graph.integers([2])], [own, sharing, length]);
  const start = graph.integers([promptLength]);
  const end = graph.integers([2 ** 31]);
  const ofPrompt = product(
    graph,
    reshape(graph, part(graph.integers([0]), start, promptLength), [...stacked, promptLength]),
    prompt.value,
  );
  const attended = [
    reshape(graph, ofPrompt, [own, sharing, headDim]),
    ...(past ? [product(graph, part(start, pastEnd, past.value.shape[1]!), past.value)] : []),
    product(graph, part(pastEnd, end, chunk.value.shape[1]!), chunk.value),
  ];
  return byRow(graph, sum(graph, attended), rows, text);
}
