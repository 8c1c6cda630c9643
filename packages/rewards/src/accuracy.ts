/** SpaceR's accuracy reward: the value of the answer plus the map's bonus. Later rewards build on it. */
import type { JudgedCompletions } from '@loci/core';

/** The rewards that make up the accuracy. */
export const ACCURACY_REWARDS = ['answer', 'map'] as const;

/**
 * The accuracy of each completion, 0…2: the sum of `answer` and `map`; an abstention adds 0. `undefined` when one of them failed, or when
 * the run has no `answer`.
 */
export function accuraciesOf({
  completions,
  outcomes,
}: JudgedCompletions): readonly (number | undefined)[] {
  return completions.map((_, index) => {
    const own = ACCURACY_REWARDS.map((name) => outcomes.get(name)?.[index]);
    if (own[0] === undefined || own.some((outcome) => outcome?.status === 'failed')) {
      return undefined;
    }
    return own.reduce(
      (sum, outcome) => sum + (outcome?.status === 'scored' ? outcome.value : 0),
      0,
    );
  });
}
