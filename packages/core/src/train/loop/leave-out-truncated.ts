/**
 * Overlong filtering (DAPO, arXiv 2503.14476, section 3.4): a completion that ran into the length limit is left out as if it had not been
 * sampled, because its end is unknown. It gets no advantage, the mean and deviation of its group leave it out, and so do the loss and its
 * aggregation. `rollouts.jsonl` keeps its rewards.
 */
import type { GroupScore } from '../../rollout/score-groups.ts';
import type { Advantaged } from './dynamic-sampling.ts';
import type { LearningGroup } from './learning-batch.ts';

/**
 * Compares only the finished completions: the estimator sees the others as if every reward had abstained from them.
 *
 * @returns Advantages of all completions. Those left out have 0 and are marked in `leftOut`.
 */
export function estimateFinished(
  scores: readonly GroupScore[],
  estimate: (scores: readonly GroupScore[]) => Advantaged,
): Advantaged {
  const compared = scores.map(unseen);
  const estimates = estimate(compared);
  return new Map(
    scores.flatMap((score, index) => {
      const found = estimates.get(compared[index]!);
      if (found === undefined) return [];
      const { advantages, shares, spans } = found;
      const leftOut = score.group.rollouts.map(isTruncated);
      const estimated = { advantages, ...(shares && { shares }), ...(spans && { spans }) };
      return [[score, { ...score.group, ...estimated, leftOut }] as const];
    }),
  );
}

/** A group with only the completions that the update learns from, demonstrations included; undefined when there are none. */
export function trainedOf(group: LearningGroup): LearningGroup | undefined {
  const { leftOut } = group;
  if (leftOut === undefined || !leftOut.includes(true)) return group;
  const isIn = (_: unknown, index: number): boolean => leftOut[index] !== true;
  if (!group.rollouts.some(isIn)) return undefined;
  const { shares, spans, referenceLogProbs, oldLogProbs } = group;
  return {
    ...group,
    leftOut: [],
    rollouts: group.rollouts.filter(isIn),
    rewards: group.rewards.filter(isIn),
    advantages: group.advantages.filter(isIn),
    contributions: new Map(
      [...group.contributions].map(([name, { values, closed, credits, ...place }]) => [
        name,
        {
          ...place,
          values: values.filter(isIn),
          ...(closed && { closed: closed.filter(isIn) }),
          ...(credits && { credits: credits.filter(isIn) }),
        },
      ]),
    ),
    outcomes: new Map([...group.outcomes].map(([name, outcomes]) => [name, outcomes.filter(isIn)])),
    ...(spans && { spans: spans.filter(isIn) }),
    ...(shares && {
      shares: new Map([...shares].map(([name, share]) => [name, share.filter(isIn)])),
    }),
    ...(referenceLogProbs && { referenceLogProbs: referenceLogProbs.filter(isIn) }),
    ...(oldLogProbs && { oldLogProbs: oldLogProbs.filter(isIn) }),
  };
}

function isTruncated({ finishReason }: { readonly finishReason: string }): boolean {
  return finishReason === 'length';
}

/** The same group as if every reward had abstained from its truncated completions. */
function unseen({ group, ...score }: GroupScore): GroupScore {
  const { rollouts, rewards, contributions } = group;
  const silent = (value: number, index: number): number =>
    isTruncated(rollouts[index]!) ? Number.NaN : value;
  return {
    ...score,
    group: {
      ...group,
      rewards: rewards.map(silent),
      contributions: new Map(
        [...contributions].map(([name, place]) => [
          name,
          {
            ...place,
            values: place.values.map(silent),
            ...(place.credits && {
              credits: place.credits.map((own, index) =>
                isTruncated(rollouts[index]!) ? [] : own,
              ),
            }),
          },
        ]),
      ),
    },
  };
}
