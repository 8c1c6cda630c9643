/**
 * Combines the outcomes of all rewards into one sum for each completion:
 *
 *     value → clip → gate → × weight of the step → sum
 *
 * An abstention adds nothing. A completion that every reward abstained from has no sum, because a sum of 0 would compare with the others.
 * Behind a closed gate a value counts as 0, like a conditioned reward in GDPO (arXiv 2601.05242, equation 8). Gates read the other reward's
 * value before its own clip, gate and weight, so the order of the rewards does not matter.
 */
import type { Contribution, RewardedGroup, RewardOutcome, SpanCredit } from '../spec/index.ts';
import { weightAt } from './run-reward.ts';
import type { RewardGate, RunReward } from './run-reward.ts';

/** Outcomes of a group by reward, one for each completion. */
export type GroupOutcomes = ReadonlyMap<string, readonly RewardOutcome[]>;

/** A reward's place in the sum. */
export type RewardPlace = Pick<RunReward, 'name' | 'weight' | 'clip' | 'gate'>;

/**
 * The contributions of the rewards, and their sums. A sum is NaN when every reward with a weight abstained from the completion.
 *
 * @param count Completions of the group.
 * @param step Counted from 1; `Infinity` for the final weights of schedules.
 */
export function combineOutcomes(
  rewards: readonly RewardPlace[],
  outcomes: GroupOutcomes,
  count: number,
  step: number,
): RewardedGroup {
  const contributions = new Map(
    rewards.map((place) => [place.name, contributionOf(place, outcomes, count, step)]),
  );
  const placed = [...contributions.values()];
  const added = placed.map(addedBy);
  const weighty = placed.filter(({ weight }) => weight !== 0);
  const sums = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    sums[index] =
      weighty.length > 0 && weighty.every(({ values }) => Number.isNaN(values[index]))
        ? Number.NaN
        : added.reduce((sum, values) => sum + values[index]!, 0);
  }
  return { rewards: sums, contributions };
}

/** The weighted value that a reward adds to the sum of each completion; an abstention adds 0. */
export function addedBy({ values, weight }: Contribution): Float64Array {
  return values.map((value) => (Number.isNaN(value) ? 0 : weight * value));
}

function contributionOf(
  { name, weight, clip, gate }: RewardPlace,
  outcomes: GroupOutcomes,
  count: number,
  step: number,
): Contribution {
  const own = outcomes.get(name) ?? [];
  const others = gate && outcomes.get(gate.reward);
  const closed = gate && Array.from({ length: count }, (_, at) => whyClosed(gate, others?.[at]));
  const values = new Float64Array(count).fill(Number.NaN);
  const credits = Array.from({ length: count }, (): readonly SpanCredit[] => []);
  for (let index = 0; index < count; index++) {
    const outcome = own[index];
    if (outcome?.status !== 'scored') continue;
    const isOpen = closed?.[index] === undefined;
    values[index] = isOpen ? clipped(outcome.value, clip) : 0;
    if (isOpen && outcome.credits !== undefined) credits[index] = outcome.credits;
  }
  return {
    values,
    weight: weightAt(weight, step),
    ...(closed && { closed }),
    ...(credits.some(({ length }) => length > 0) && { credits }),
  };
}

/**
 * Why a gate is closed for a completion; undefined when it is open. It is also closed when the other reward abstained, failed, did not run,
 * or has no such part.
 */
export function whyClosed(
  { reward, part, above, atLeast }: RewardGate,
  outcome: RewardOutcome | undefined,
): string | undefined {
  if (outcome === undefined) return `${reward} was not scored`;
  if (outcome.status !== 'scored') return `${reward} ${outcome.status}`;
  const value = part === undefined ? outcome.value : outcome.parts?.[part];
  const label = part === undefined ? reward : `${reward}/${part}`;
  if (value === undefined) return `${reward} gave no part "${part}"`;
  if (above !== undefined && !(value > above)) return `${label} is ${value}, not above ${above}`;
  if (atLeast !== undefined && !(value >= atLeast)) return `${label} is ${value}, below ${atLeast}`;
  return undefined;
}

function clipped(value: number, clip: RewardPlace['clip']): number {
  if (clip === undefined) return value;
  const [least, greatest] = clip;
  return Math.min(greatest, Math.max(least, value));
}
