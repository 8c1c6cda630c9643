/** The losses of `spec/policy.ts` as graph nodes, over arrays `[completions, tokens]`. */
import type { Loss } from '@loci/core';
import type { GraphBuilder } from '../graph/builder.ts';
import { add, maximum, minimum, multiply, subtract } from '../graph/rules/arithmetic.ts';
import { reduceSum } from '../graph/rules/reduce.ts';
import { exponential, negate } from '../graph/rules/unary.ts';
import type { Shape, Value } from '../graph/value.ts';

/** Arrays that a loss reads beside the log-probabilities, all `[completions, tokens]` float32. */
export const LOSS_ARRAYS = {
  'cross-entropy': ['weights'],
  'policy-gradient': ['weights', 'advantages', 'oldLogProbs', 'ownOld', 'referenceLogProbs'],
} as const satisfies Record<Loss['kind'], readonly string[]>;

/** Numbers that a loss reads, scalars float32. */
export const LOSS_NUMBERS = {
  'cross-entropy': [],
  'policy-gradient': ['ratioMin', 'ratioMax', 'klWeight', 'klClamp'],
} as const satisfies Record<Loss['kind'], readonly string[]>;

/** A log-probability from which no gradient flows back. */
function detached(graph: GraphBuilder, x: Value): Value {
  return graph.withoutTape(() => graph.emit('Identity', [x], x.shape));
}

/**
 * `Σ weight · (−min(ratio·A, clip(ratio)·A) + klWeight · (eˣ − x − 1))`, x the clamped `reference − logp` (k3 estimator,
 * http://joschu.net/blog/kl-approx.html; clipping after PPO, arXiv 1707.06347). `ownOld` is 1 where the old
 * log-probability is the current one.
 */
function policyGradient(
  graph: GraphBuilder,
  logProbs: Value,
  input: (name: string, shape: Shape) => Value,
): Value {
  const array = (name: (typeof LOSS_ARRAYS)['policy-gradient'][number]) =>
    input(`loss.${name}`, logProbs.shape);
  const number = (name: (typeof LOSS_NUMBERS)['policy-gradient'][number]) =>
    input(`loss.${name}`, []);
  const [weights, advantages] = [array('weights'), array('advantages')];
  const own = multiply(graph, detached(graph, logProbs), array('ownOld'));
  const old = add(graph, array('oldLogProbs'), own);
  const ratio = exponential(graph, subtract(graph, logProbs, old));
  const clipped = minimum(graph, maximum(graph, ratio, number('ratioMin')), number('ratioMax'));
  const surrogate = minimum(
    graph,
    multiply(graph, ratio, advantages),
    multiply(graph, clipped, advantages),
  );
  const clamp = number('klClamp');
  const distance = subtract(graph, array('referenceLogProbs'), logProbs);
  const bounded = minimum(graph, maximum(graph, distance, negate(graph, clamp)), clamp);
  const excess = subtract(graph, exponential(graph, bounded), bounded);
  const divergence = subtract(graph, excess, graph.scalar(1));
  const penalty = multiply(graph, divergence, number('klWeight'));
  const tokens = subtract(graph, penalty, surrogate);
  return reduceSum(graph, multiply(graph, weights, tokens), [0, 1], false);
}

/** `Σ weight · (−logp)`. */
function crossEntropy(
  graph: GraphBuilder,
  logProbs: Value,
  input: (name: string, shape: Shape) => Value,
): Value {
  const weights = input('loss.weights', logProbs.shape);
  const weighted = multiply(graph, weights, logProbs);
  return negate(graph, reduceSum(graph, weighted, [0, 1], false));
}

/**
 * The scalar that is minimised.
 *
 * @param logProbs `[completions, tokens]`; padding must have been set to 0.
 * @param input declares an input of the graph.
 */
export function lossOf(
  graph: GraphBuilder,
  kind: Loss['kind'],
  logProbs: Value,
  input: (name: string, shape: Shape) => Value,
): Value {
  return kind === 'cross-entropy'
    ? crossEntropy(graph, logProbs, input)
    : policyGradient(graph, logProbs, input);
}
