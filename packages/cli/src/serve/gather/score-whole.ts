/** Scores a gathered group, as Loci's own training loop does. */
import { columnsOf } from '@loci/cluster/columns';
import { addedBy, comparableSums, scoreTexts } from '@loci/core';
import type { TextScore } from '@loci/core';
import type { RewardsFor } from '../heavy-groups.ts';
import { asText } from '../plain.ts';
import { asSample } from '../wire.ts';
import type { ScoreWhole, WholeGroup } from './gathered-groups.ts';
import type { GatherAnswer } from './wire.ts';

/** Called with every group after scoring, failed ones included. */
export type OnScored = (group: WholeGroup, score: TextScore) => void;

/**
 * Makes the function that scores complete groups. The score of a completion is the sum from which Loci estimates advantages: a reward that
 * abstained from some completions counts there as the mean of its other values.
 */
export function wholeScorer(rewardsFor: RewardsFor, onScored?: OnScored): ScoreWhole {
  return async (group) => {
    const { members } = group;
    const [first] = members;
    const sample = asSample(first!.sample, group.name);
    const completions = members.map(({ completion, opened }) => asText(completion, opened));
    const rewards = await rewardsFor({ sample, completions });
    const score = await scoreTexts({ sample, completions }, rewards, first!.step);
    onScored?.(group, score);
    const [failure] = score.failures;
    if (failure !== undefined) {
      const message = `${failure.reward}: ${failure.message}`;
      return members.map((): GatherAnswer => ({ status: 'failed', message }));
    }
    const sums = comparableSums(score);
    const added = new Map([...score.contributions].map(([name, one]) => [name, addedBy(one)]));
    return members.map(({ completion }, index): GatherAnswer => {
      const sum = sums[index]!;
      const byReward = new Map(
        [...score.outcomes].map(([name, outcomes]) => [
          name,
          { outcome: outcomes[index]!, adds: added.get(name)![index]! },
        ]),
      );
      const { tokenCount, finishReason } = completion;
      const columns = columnsOf(rewards, {
        tokenCount,
        isTruncated: finishReason === 'length',
        byReward,
      });
      return { status: 'scored', score: Number.isFinite(sum) ? sum : null, columns };
    });
  };
}
