/**
 * Draws tokens inside a graph, with the same distributions and the same choice as `../../engine/sampling/filter.ts`, which the tests
 * compare it with. Random numbers are inputs.
 */
import type { SamplingParameters } from '@loci/core';
import { keepsEveryToken } from '../../engine/sampling/filter.ts';
import { cast, compare, multiply, subtract } from '../rules/arithmetic.ts';
import { reduceSum } from '../rules/reduce.ts';
import { slice } from '../rules/shape.ts';
import { softmax } from '../rules/softmax.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { ELEMENT_TYPES } from '../ir/value.ts';
import type { Value } from '../ir/value.ts';

/** The sampling settings that are built into a graph; the rest are inputs. */
export interface SamplingShape {
  /**
   * The selection of tokens to draw from: `best` is greedy, `all` filters nothing, `ranked` sorts the first k, `nucleus`
   * applies top-p alone and need not sort.
   */
  readonly method: 'best' | 'all' | 'ranked' | 'nucleus';
  /** Tokens that are ranked; 0 when none are. */
  readonly ranked: number;
  readonly penalized: boolean;
  /** Whether the temperature of log-probabilities is neither 0 nor 1. */
  readonly tempered: boolean;
}

/** The graph that settings need. */
export function samplingShape(sampling: SamplingParameters, vocabulary: number): SamplingShape {
  const { temperature, topK, repetitionPenalty } = sampling;
  const penalized = repetitionPenalty !== 1;
  const tempered = temperature !== 0 && temperature !== 1;
  const shape = (method: SamplingShape['method'], ranked = 0) => ({
    method,
    ranked,
    penalized,
    tempered,
  });
  if (temperature === 0) return shape('best');
  if (keepsEveryToken(sampling, vocabulary)) return shape('all');
  return topK > 0 && topK < vocabulary ? shape('ranked', topK) : shape('nucleus');
}

/** The settings that are float32 scalar inputs. */
export const SAMPLING_INPUTS = ['temperature', 'topP', 'repetitionPenalty'] as const;

/** The scalars of `SAMPLING_INPUTS` as values of a graph. */
export type SamplingSettings = Readonly<Record<(typeof SAMPLING_INPUTS)[number], Value>>;

/** Operands of a draw. */
export interface DrawOperands {
  /** `[rows, vocabulary]` */
  readonly logits: Value;
  /** `[rows, 1]` in [0, 1); not read when greedy. */
  readonly uniform: Value;
  /** `[rows, vocabulary]` bool, tokens of the context; read when penalized. */
  readonly seen?: Value;
  readonly settings: SamplingSettings;
}

/** Logits of seen tokens, divided by the penalty where positive and multiplied with it where negative. */
function penalize(graph: GraphBuilder, logits: Value, seen: Value, penalty: Value): Value {
  const positive = compare(graph, 'Greater', logits, graph.scalar(0));
  const choose = (condition: Value, yes: Value, no: Value) =>
    graph.emit('Where', [condition, yes, no], logits.shape, {}, { type: 'float32' });
  const divided = graph.emit('Div', [logits, penalty], logits.shape);
  const lowered = choose(positive, divided, multiply(graph, logits, penalty));
  return choose(seen, lowered, logits);
}

/** Index `[rows, 1]` int64 of the entry whose share of [0, total) holds `uniform · total`. Never an entry of weight 0. */
function choose(graph: GraphBuilder, weights: Value, uniform: Value): Value {
  const width = weights.shape[1]!;
  const reached = graph.emit('CumSum', [weights, graph.integers([1])], weights.shape);
  const total = slice(graph, reached, 1, width - 1, width);
  // Uniform numbers end 2⁻²³ below 1, so that the product stays below the total however it is rounded.
  const passed = compare(graph, 'LessOrEqual', reached, multiply(graph, total, uniform));
  const counts = cast(graph, passed, 'int32', ELEMENT_TYPES.int32);
  const index = reduceSum(graph, counts, [1]);
  return cast(graph, index, 'int64', ELEMENT_TYPES.int64);
}

/** Ratio within which the border of the nucleus is found is its first bound's ratio to the power `2^−NARROWINGS`. */
const NARROWINGS = 22;

/**
 * Weights in proportion to the probabilities of the nucleus, 0 outside: the tokens that have less than top-p before them.
 *
 * The least probability that stays in is found by bisection, in ratios. A token of at most `(1 − p) / vocabulary` is always
 * out, for all such tokens together have no more than `1 − p`. Sorting would cost several times as much.
 */
function nucleus(graph: GraphBuilder, probabilities: Value, topP: Value): Value {
  const [rows, vocabulary] = probabilities.shape as [number, number];
  const column = [rows, 1];
  const emit = (op: string, ...inputs: Value[]) => graph.emit(op, inputs, column);
  /** Probabilities above the border in multiples of it, others 0. */
  const above = (border: Value) => {
    const multiples = graph.emit('Div', [probabilities, border], probabilities.shape);
    const alpha = { float: 1 };
    return graph.emit('ThresholdedRelu', [multiples], probabilities.shape, { alpha });
  };
  const rest = graph.emit('Sub', [graph.scalar(1), topP], []);
  const least = graph.emit('Mul', [rest, graph.scalar(1 / vocabulary)], []);
  const most = graph.emit('ReduceMax', [probabilities, graph.integers([1])], column, {
    keepdims: 1,
  });
  const lengths = graph.emit('Shape', [most], [2], {}, { type: 'int64' });
  let border = graph.emit('Expand', [least, lengths], column);
  let ratio = emit('Div', most, least);
  for (let turn = 0; turn < NARROWINGS; turn++) {
    ratio = emit('Sqrt', ratio);
    const higher = emit('Mul', border, ratio);
    const mass = emit('Mul', reduceSum(graph, above(higher), [1]), higher);
    const enough = compare(graph, 'GreaterOrEqual', mass, topP);
    border = graph.emit('Where', [enough, higher, border], column, {}, { type: 'float32' });
  }
  return above(border);
}

/** Token ids and weights of the first k tokens, those outside top-p at weight 0. */
function ranked(
  graph: GraphBuilder,
  logits: Value,
  count: number,
  topP: Value,
): { readonly ids: Value; readonly weights: Value } {
  const shape = [logits.shape[0]!, count];
  const [values, ids] = graph.emitMany(
    'TopK',
    [logits, graph.integers([count])],
    [{ shape }, { shape, type: 'int64' }],
    { axis: 1, largest: 1, sorted: 1 },
  );
  const probabilities = softmax(graph, values!);
  const reached = graph.emit('CumSum', [probabilities, graph.integers([1])], shape);
  const kept = compare(graph, 'Less', subtract(graph, reached, probabilities), topP);
  const weights = graph.emit(
    'Where',
    [kept, probabilities, graph.scalar(0)],
    shape,
    {},
    { type: 'float32' },
  );
  return { ids: ids!, weights };
}

/** Token ids `[rows, 1]`, int64. Tokens share [0, 1) in the order of their ids, ranked ones in that of their rank. */
export function drawTokens(
  graph: GraphBuilder,
  shape: SamplingShape,
  { logits, uniform, seen, settings }: DrawOperands,
): Value {
  const rows = logits.shape[0]!;
  const int64 = { type: 'int64' } as const;
  const base =
    shape.penalized && seen ? penalize(graph, logits, seen, settings.repetitionPenalty) : logits;
  if (shape.method === 'best') {
    return graph.emit('ArgMax', [base], [rows, 1], { axis: 1, keepdims: 1 }, int64);
  }
  const scaled = graph.emit('Div', [base, settings.temperature], base.shape);
  if (shape.method === 'ranked') {
    const { ids, weights } = ranked(graph, scaled, shape.ranked, settings.topP);
    const rank = choose(graph, weights, uniform);
    return graph.emit('GatherElements', [ids, rank], [rows, 1], { axis: 1 }, int64);
  }
  const probabilities = softmax(graph, scaled);
  const weights =
    shape.method === 'nucleus' ? nucleus(graph, probabilities, settings.topP) : probabilities;
  return choose(graph, weights, uniform);
}
