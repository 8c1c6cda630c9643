/** What SpaceR calls the accuracy reward: the answer with the map's bonus. Later rewards build on it. */
import type { JudgedCompletions } from '@loci/core';

/** The rewards that make up the accuracy. */
export const ACCURACY_REWARDS = ['answer', 'map'] as const;

/**
 * The accuracy of each completion, 0…2: the values of `answer` and `map`, where one abstained nothing. `undefined` where one
 * of them failed, or where the run has no `answer`.
 */
export function accuraciesOf({
  completions,
  outcomes,
}: JudgedCompletions): readonly (number | undefined)[] {
  return completions.map((_, index) => {
    const said = ACCURACY_REWARDS.map((name) => outcomes.get(name)?.[index]);
    if (said[0] === undefined || said.some((outcome) => outcome?.status === 'failed')) {
      return undefined;
    }
    return said.reduce(
      (sum, outcome) => sum + (outcome?.status === 'scored' ? outcome.value : 0),
      0,
    );
  });
}
