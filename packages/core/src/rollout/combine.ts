/**
 * From what the rewards said of a group to one sum a completion:
 *
 *     value → clip → gate → × weight of the step → sum
 *
 * An abstention adds nothing, and a completion that every reward abstained from has no sum: it is not a 0 that others are better
 * than. Behind a closed gate a value counts as 0, as a conditioned reward does in GDPO (arXiv
 * 2601.05242, equation 8). Gates look at what the other reward said, before its own clip, gate and weight, so the order of
 * the rewards does not matter.
 */
import type { Contribution, RewardedGroup, RewardOutcome, SpanCredit } from '../spec/index.ts';
import { weightAt } from './run-reward.ts';
import type { RewardGate, RunReward } from './run-reward.ts';

/** What rewards said of a group, by name, one outcome a completion. */
export type GroupOutcomes = ReadonlyMap<string, readonly RewardOutcome[]>;

/** A reward's place in the sum. */
export type RewardPlace = Pick<RunReward, 'name' | 'weight' | 'clip' | 'gate'>;

/**
 * What each reward adds, and the sums; NaN where no reward with a weight has a word on a completion.
 *
 * @param count Completions of the group.
 * @param step Counted from 1; `Infinity` for the weights that schedules end with.
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

/** What a reward adds to the sum of each completion; an abstention adds 0. */
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
 * Why a gate is closed for a completion; undefined when it is open. A bound that was not shown to be met is not met: the gate is
 * closed where the other reward abstained, failed, did not run, or gave no such part.
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
