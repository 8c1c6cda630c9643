/** Computes the log-probabilities that an objective needs beside the current ones, once for each batch and before the first update. */
import { LociError } from '../../errors/loci-error.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { ScoredGroup } from '../../spec/index.ts';
import { chargePenalty } from '../algorithm/reward-penalty.ts';
import { demonstrate } from './demonstrations.ts';
import { completionFacts, policyGroups } from './learning-batch.ts';
import type { LearningGroup } from './learning-batch.ts';
import type { PhaseClock } from './phase-clock.ts';
import { withFigures } from './weigh.ts';
import type { Scales } from './weigh.ts';

/** Additions to a group before it is learned from: demonstrations after its rollouts, and log-probabilities. */
export type Measured = Pick<LearningGroup, 'rollouts' | 'referenceLogProbs' | 'oldLogProbs'>;

/** Scores after the objective's penalty, and the measurements of those that may be learned from. */
export interface MeasuredScores {
  readonly scores: readonly GroupScore[];
  readonly measured: ReadonlyMap<GroupScore, Measured>;
}

/**
 * Log-probabilities of the start model, when the objective needs them. Those of the policy itself are computed here only when the first
 * update cannot provide them: with several minibatches, because the policy moves before the later ones, and for a penalty in the rewards.
 *
 * @throws LociError `no-sampler-log-probs` when the objective needs what the sampler did not report.
 */
export async function measure(
  scores: readonly GroupScore[],
  { policy, objective, temperature }: Scales,
  minibatches: number,
  clock: PhaseClock,
): Promise<MeasuredScores> {
  const { needs = {}, penalty, learnsFrom } = objective;
  const sound = scores.filter(({ failures }) => failures.length === 0);
  const rollouts = sound.map(({ group }) =>
    learnsFrom === 'both'
      ? [...group.rollouts, demonstrate(group.sample, group.prompt, policy.processor, objective)]
      : group.rollouts,
  );
  if (needs.sampler === true) for (const { group } of sound) checkReported(group);
  const batch = policyGroups(
    sound.map(({ group: { prompt } }, index) => ({ prompt, rollouts: rollouts[index]! })),
  );
  const read = async (phase: string, weights: 'current' | 'start', wanted: boolean) =>
    wanted && batch.length > 0
      ? clock.time(phase, () => policy.logProbs(batch, weights, { temperature }))
      : undefined;
  const reference = await read('reference', 'start', needs.reference === true);
  const old = await read('log-probs', 'current', penalty !== undefined || minibatches > 1);

  const measured = new Map<GroupScore, Measured>();
  const charged = scores.map((score) => {
    const index = sound.indexOf(score);
    if (index < 0) return score;
    const found: Measured = {
      rollouts: rollouts[index]!,
      ...(reference && { referenceLogProbs: reference.logProbs[index]! }),
      ...(old && { oldLogProbs: old.logProbs[index]! }),
    };
    const advantages = new Float64Array(score.group.rewards.length);
    const facts = completionFacts([{ ...score.group, ...found, advantages }], false);
    const group =
      penalty && old
        ? chargePenalty(
            score.group,
            penalty,
            withFigures(facts, { logProbs: [old.logProbs[index]!] }),
          )
        : score.group;
    const after = { ...score, group };
    measured.set(after, found);
    return after;
  });
  return { scores: charged, measured };
}

function checkReported({ sample, rollouts }: ScoredGroup): void {
  if (rollouts.every(({ logProbs }) => !logProbs.some(Number.isNaN))) return;
  throw new LociError(
    'no-sampler-log-probs',
    `The sampler reported no log-probabilities for completions of sample ${sample.id}, and the objective needs them; ` +
      'set objective.old to "current" and leave objective.correction out',
  );
}
