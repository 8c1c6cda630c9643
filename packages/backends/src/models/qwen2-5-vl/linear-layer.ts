/** A linear layer of the model, with its low-rank factors where it has some. */
import type { ModelConfig } from './config.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { factorNames, lowRankScale } from '../../ops/tuning.ts';
import type { Parameters } from './parameters.ts';

/**
 * `x·Wᵀ + bias + scale · (x·Aᵀ)·Bᵀ` for rows `x [rows, in]`.
 *
 * @param name published name of the layer, without `.weight`.
 * @param hasBias whether the published layer has a bias.
 */
export function linearLayer<T>(
  ops: TensorOps<T>,
  { tuning }: ModelConfig,
  parameters: Parameters<T>,
  name: string,
  x: T,
  hasBias: boolean,
): T {
  const weight = parameters(`${name}.weight`);
  const own = hasBias ? ops.linear(x, weight, parameters(`${name}.bias`)) : ops.linear(x, weight);
  const lowRank = tuning?.lowRank[name];
  if (!tuning || !lowRank) return own;
  const { a, b } = factorNames(name);
  const narrow = ops.scale(
    ops.linear(x, parameters(a)),
    lowRankScale(lowRank, tuning.rankStabilised),
  );
  return ops.add(own, ops.linear(narrow, parameters(b)));
}
