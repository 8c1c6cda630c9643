/** Vectors of the GRPO loss: mask, advantages, KL, loss, and the gradient in closed form against autograd's. */
import {
  completionLength,
  createFromPlugin,
  groupNormalised,
  grpo,
  parseOptions,
  policyGradient,
  tokenWeights,
} from '@loci/core';
import type { PolicyGradientLoss } from '@loci/core';
import { z } from 'zod';
import type { Check } from './check.ts';
import { checkResult } from './check.ts';
import { FLOAT64 } from './compare.ts';
import { number, numbers } from './inputs.ts';
import { CONTEXT } from './score-group.ts';

const lossInput = z.object({
  completion_ids: z.array(z.array(z.int())),
  eos_token_id: z.int(),
  logps: z.array(numbers),
  ref_logps: z.array(numbers),
  rewards: numbers,
  num_generations: z.int(),
  beta: number,
});

/** `grpo_loss`. */
export const grpoLoss: Check = checkResult(async ({ input }) => {
  const vector = lossInput.parse(input);
  const lengths = vector.completion_ids.map((ids) => completionLength(ids, [vector.eos_token_id]));
  const mask = vector.completion_ids.map((ids, index) =>
    ids.map((_, token) => (token < lengths[index]! ? 1 : 0)),
  );
  const advantages = await estimate(vector.rewards, vector.num_generations);
  const weights = tokenWeights(lengths, { kind: 'sequence' });
  const sequences = vector.logps.map((logProbs, index) => ({
    logProbs,
    weights: mask[index]!.map((inside) => inside * weights[index]!),
    advantages: logProbs.map(() => advantages[index]!),
    referenceLogProbs: vector.ref_logps[index]!,
  }));
  const result = policyGradient(sequences, await lossOf(vector.beta));
  return {
    completion_mask: mask,
    advantages,
    per_token_kl: result.kl.map((row) => [...row]),
    mean_kl: result.meanKl,
    loss: result.loss,
    grad_logps: result.gradients.map((row) => [...row]),
  };
}, FLOAT64);

async function estimate(rewards: readonly number[], size: number): Promise<readonly number[]> {
  const options = parseOptions(groupNormalised, { compat: 'spacer' });
  const estimator = await createFromPlugin(groupNormalised, options, CONTEXT);
  const groups = Array.from({ length: rewards.length / size }, (_, group) => ({
    rewards: Float64Array.from(rewards.slice(group * size, (group + 1) * size)),
    contributions: new Map(),
  }));
  return estimator.estimate(groups).flatMap(({ advantages }) => [...advantages]);
}

/** The loss that the objective of a run asks an engine for. */
async function lossOf(klWeight: number): Promise<PolicyGradientLoss> {
  const objective = await createFromPlugin(grpo, parseOptions(grpo, { klWeight }), CONTEXT);
  const { loss } = objective.build([]);
  if (loss.kind !== 'policy-gradient') throw new Error('GRPO must ask for a policy gradient');
  return loss;
}
