/**
 * Drawing tokens inside a graph. The same distributions and the same choice as `../sampling/filter.ts`, which is what the
 * tests hold this against; random numbers come in as inputs.
 */
import type { SamplingParameters } from '@loci/core';
import { keepsEveryToken } from '../sampling/filter.ts';
import { cast, compare, multiply, subtract } from './graph/rules/arithmetic.ts';
import { reduceSum } from './graph/rules/reduce.ts';
import { softmax } from './graph/rules/softmax.ts';
import type { GraphBuilder } from './graph/builder.ts';
import { ELEMENT_TYPES } from './graph/value.ts';
import type { Value } from './graph/value.ts';

/** What of the sampling settings is built into a graph; the rest are inputs. */
export interface SamplingShape {
  readonly greedy: boolean;
  /** Tokens that are ranked; 0 when nothing is filtered. */
  readonly ranked: number;
  readonly penalised: boolean;
}

/** The graph that settings need. */
export function samplingShape(sampling: SamplingParameters, vocabulary: number): SamplingShape {
  const greedy = sampling.temperature === 0;
  const filtered = !greedy && !keepsEveryToken(sampling, vocabulary);
  const { topK } = sampling;
  return {
    greedy,
    ranked: filtered ? (topK > 0 ? Math.min(topK, vocabulary) : vocabulary) : 0,
    penalised: sampling.repetitionPenalty !== 1,
  };
}

/** Scalars float32 that the settings turn into. */
export const SAMPLING_INPUTS = ['temperature', 'topP', 'repetitionPenalty'] as const;

/** Operands of a draw. */
export interface DrawOperands {
  /** `[rows, vocabulary]` */
  readonly logits: Value;
  /** `[rows, 1]` in [0, 1); not read when greedy. */
  readonly uniform: Value;
  /** `[rows, vocabulary]` bool, tokens of the context; read when penalised. */
  readonly seen?: Value;
  readonly settings: Readonly<Record<(typeof SAMPLING_INPUTS)[number], Value>>;
}

/** Logits of seen tokens, divided by the penalty where positive and multiplied with it where negative. */
function penalise(graph: GraphBuilder, logits: Value, seen: Value, penalty: Value): Value {
  const positive = compare(graph, 'Greater', logits, graph.scalar(0));
  const choose = (condition: Value, yes: Value, no: Value) =>
    graph.emit('Where', [condition, yes, no], logits.shape, {}, { type: 'float32' });
  const divided = graph.emit('Div', [logits, penalty], logits.shape);
  const lowered = choose(positive, divided, multiply(graph, logits, penalty));
  return choose(seen, lowered, logits);
}

/** How many entries of each row hold: `[rows, 1]` int32. */
function count(graph: GraphBuilder, condition: Value): Value {
  return reduceSum(graph, cast(graph, condition, 'int32', ELEMENT_TYPES.int32), [1]);
}

function cumulative(graph: GraphBuilder, x: Value): Value {
  return graph.emit('CumSum', [x, graph.integers([1])], x.shape);
}

/**
 * Token ids `[rows, 1]`, int64.
 *
 * Unfiltered, the tokens share [0, 1) in the order of their ids. Filtered, they are ranked first, and those are kept that have
 * less than top-p before them.
 */
export function drawTokens(
  graph: GraphBuilder,
  { greedy, ranked, penalised }: SamplingShape,
  { logits, uniform, seen, settings }: DrawOperands,
): Value {
  const [rows, vocabulary] = logits.shape as [number, number];
  const base =
    penalised && seen ? penalise(graph, logits, seen, settings.repetitionPenalty) : logits;
  const int64 = { type: 'int64' } as const;
  if (greedy) return graph.emit('ArgMax', [base], [rows, 1], { axis: 1, keepdims: 1 }, int64);
  const scaled = graph.emit('Div', [base, settings.temperature], base.shape);
  if (ranked === 0) {
    const reached = cumulative(graph, softmax(graph, scaled));
    const index = count(graph, compare(graph, 'LessOrEqual', reached, uniform));
    const last = graph.constant(Int32Array.of(vocabulary - 1), []);
    const bounded = graph.emit('Min', [index, last], [rows, 1]);
    return cast(graph, bounded, 'int64', ELEMENT_TYPES.int64);
  }
  const [values, ids] = graph.emitMany(
    'TopK',
    [scaled, graph.integers([ranked])],
    [{ shape: [rows, ranked] }, { shape: [rows, ranked], type: 'int64' }],
    { axis: 1, largest: 1, sorted: 1 },
  );
  const probabilities = softmax(graph, values!);
  const before = subtract(graph, cumulative(graph, probabilities), probabilities);
  const kept = compare(graph, 'Less', before, settings.topP);
  const shares = graph.emit(
    'Where',
    [kept, probabilities, graph.scalar(0)],
    probabilities.shape,
    {},
    { type: 'float32' },
  );
  const target = multiply(graph, uniform, reduceSum(graph, shares, [1]));
  const rank = count(graph, compare(graph, 'LessOrEqual', cumulative(graph, shares), target));
  const one = graph.constant(Int32Array.of(1), []);
  const last = graph.emit('Sub', [count(graph, kept), one], [rows, 1]);
  const bounded = graph.emit('Min', [rank, last], [rows, 1]);
  return graph.emit('GatherElements', [ids!, bounded], [rows, 1], { axis: 1 }, int64);
}
