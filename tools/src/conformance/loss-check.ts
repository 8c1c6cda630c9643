/** Vectors of the GRPO loss: mask, advantages, KL, loss, and the gradient in closed form against autograd's. */
import { average, createFromPlugin, groupNormalised, grpo, klTerm, parseOptions } from '@loci/core';
import type { CompletionTokens, Objective } from '@loci/core';
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
  const lengths = vector.completion_ids.map((ids) => lengthUpToEnd(ids, vector.eos_token_id));
  const mask = vector.completion_ids.map((ids, index) =>
    ids.map((_, token) => (token < lengths[index]! ? 1 : 0)),
  );
  const advantages = await estimate(vector.rewards, vector.num_generations);
  const batch = vector.logps.map((logProbs, index): CompletionTokens => ({
    logProbs,
    referenceLogProbs: vector.ref_logps[index]!,
    mask: mask[index]!,
    advantage: advantages[index]!,
    source: 'sampled',
  }));
  const { klClamp, objective } = await grpoWith(vector.beta);
  const { loss, dLogProbs } = objective.value(batch);
  const kl = vector.logps.map((logProbs, index) =>
    logProbs.map(
      (own, token) => klTerm('k3', vector.ref_logps[index]![token]! - own, klClamp).value,
    ),
  );
  return {
    completion_mask: mask,
    advantages,
    per_token_kl: kl,
    mean_kl: average(kl.map((row, index) => meanWithin(row, mask[index]!))),
    loss,
    grad_logps: dLogProbs.map((row) => [...row]),
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

/** The objective of a run with this weight of the KL, and the bound that it puts on the log-ratio. */
async function grpoWith(
  klWeight: number,
): Promise<{ readonly objective: Objective; readonly klClamp: number }> {
  const options = grpo.options.parse({ klWeight });
  return { objective: await grpo.create(options, CONTEXT), klClamp: options.klClamp };
}

function meanWithin(values: readonly number[], mask: readonly number[]): number {
  return average(values.filter((_, index) => mask[index] === 1));
}

/** How many tokens a completion has up to and including the first end token; all when there is none. */
function lengthUpToEnd(tokenIds: readonly number[], end: number): number {
  const at = tokenIds.indexOf(end);
  return at < 0 ? tokenIds.length : at + 1;
}
