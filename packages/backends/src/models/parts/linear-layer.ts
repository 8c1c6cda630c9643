/** Computes a linear layer of a model, with its low-rank factors if any. */
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { factorNames, lowRankScale } from '../../ops/tuning.ts';
import type { Weights } from '../spec/weights.ts';

/**
 * `x·Wᵀ + bias + scale · (x·Aᵀ)·Bᵀ` for rows `x [rows, in]`.
 *
 * @param name published name of the layer, without `.weight`.
 * @param hasBias whether the published layer has a bias.
 */
export function linearLayer<T>(
  ops: TensorOps<T>,
  { get, tuning }: Weights<T>,
  name: string,
  x: T,
  hasBias: boolean,
): T {
  const weight = get(`${name}.weight`);
  const own = hasBias ? ops.linear(x, weight, get(`${name}.bias`)) : ops.linear(x, weight);
  const lowRank = tuning?.lowRank[name];
  if (!tuning || !lowRank) return own;
  const { a, b } = factorNames(name);
  const narrow = ops.scale(ops.linear(x, get(a)), lowRankScale(lowRank, tuning.rankStabilised));
  return ops.add(own, ops.linear(narrow, get(b)));
}
