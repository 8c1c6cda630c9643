/** Compares the completions of the groups that may be learned from. */
import { LociError } from '../../errors/loci-error.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { AdvantageEstimator, AdvantagedGroup, Objective } from '../../spec/index.ts';

/**
 * Advantages of the groups without a failed reward. Demonstrations are not compared and get 0.
 *
 * @param name Of the estimator's plugin, for messages.
 * @throws LociError `advantage-shape` when the estimator does not give one advantage a completion.
 */
export function compare(
  scores: readonly GroupScore[],
  estimator: AdvantageEstimator,
  name: string,
  { learnsFrom }: Objective,
): ReadonlyMap<GroupScore, AdvantagedGroup> {
  const sound = scores.filter(({ failures }) => failures.length === 0);
  const groups = sound.map(({ group }) => group);
  const estimates =
    learnsFrom === 'demonstrations'
      ? groups.map(({ rewards }) => ({ advantages: new Float64Array(rewards.length) }))
      : estimator.estimate(groups);
  return new Map(
    sound.map((score, index) => {
      const estimate = estimates[index];
      if (estimate?.advantages.length !== score.group.rewards.length) {
        throw new LociError(
          'advantage-shape',
          `The advantage plugin "${name}" must return one entry for each group, with one advantage for each completion`,
        );
      }
      return [score, { ...score.group, ...estimate }];
    }),
  );
}
