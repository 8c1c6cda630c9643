/**
 * Sends groups with much work to rewards in threads. Rewards in the server's own thread would block other requests meanwhile, and their
 * calls have no time limit.
 */
import type { RunReward, TextGroup } from '@loci/core';

/**
 * Most work of a group that is scored in place. A group of 8 completions with 500 tokens and a dozen objects is a tenth of it; all of it
 * takes tens of milliseconds at worst.
 */
const MOST_IN_PLACE = 20_000_000;

/** Least work per letter, since rewards take linear time in the letters. */
const WORK_PER_LETTER = 64;

/** The rewards that score a group. */
export type RewardsFor = (group: TextGroup) => readonly RunReward[] | Promise<readonly RunReward[]>;

/**
 * Chooses the rewards for a group: those of the run, or for much work the same ones in threads.
 *
 * @param threaded makes the latter when they are first needed; without it, every group is scored in place.
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

/** Whether a group can take long enough to delay others. */
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
  return letters * Math.max(WORK_PER_LETTER, points ** 2) > MOST_IN_PLACE;
}
