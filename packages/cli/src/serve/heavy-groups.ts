/**
 * Which groups are too much work to be scored where the server listens. Rewards that run in place would keep it from answering anything
 * else meanwhile, so such a group goes to rewards in threads of their own, where a call also has an end.
 */
import type { RunReward, TextGroup } from '@loci/core';

/**
 * The work of a group up to which it is scored in place. A group of 8 completions with 500 tokens and a dozen objects is a tenth of it; all of it
 * takes tens of milliseconds at worst.
 */
const MOST_IN_PLACE = 20_000_000;

/** Letters count at least so much each: rewards take linear time in them. */
const WORK_A_LETTER = 64;

/** The rewards that score a group. */
export type RewardsFor = (group: TextGroup) => readonly RunReward[] | Promise<readonly RunReward[]>;

/**
 * Chooses the rewards for a group: those of the run, or for much work the same in threads.
 *
 * @param threaded Makes the latter, the first time that they are needed; without it all is scored in place.
 */
export function chooseRewards(
  rewards: readonly RunReward[],
  threaded?: () => Promise<readonly RunReward[]>,
): RewardsFor {
  if (threaded === undefined) return () => rewards;
  let made: Promise<readonly RunReward[]> | undefined;
  return (group) => {
    if (!isHeavy(group)) return rewards;
    made ??= threaded().catch((thrown: unknown) => {
      made = undefined; // tried again with the next such group
      throw thrown;
    });
    return made;
  };
}

/** Whether a group can take so long that others would notice. */
export function isHeavy({ sample, completions, looks }: TextGroup): boolean {
  let letters = sample.problem.length + sample.solution.length;
  for (const option of sample.options) letters += option.length;
  let points = 0;
  for (const name in sample.map) {
    letters += name.length;
    points += 1 + sample.map[name]!.length;
  }
  for (const { text } of completions) letters += text.length;
  for (const taken of looks?.values() ?? []) {
    for (const { text } of taken) letters += text.length;
  }
  return letters * Math.max(WORK_A_LETTER, points ** 2) > MOST_IN_PLACE;
}
