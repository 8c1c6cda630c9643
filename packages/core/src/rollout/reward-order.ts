import { LociError } from '../errors/loci-error.ts';
import type { RunReward } from './run-reward.ts';

/** Cached orders, because scoring many small groups needs the same one each time. */
const known = new WeakMap<readonly RunReward[], readonly RunReward[]>();

/**
 * Sorts rewards so that each follows those in its `after`; otherwise the given order stays. Names that the run does not have are ignored.
 *
 * @throws LociError `reward-cycle`, naming the rewards that depend on each other.
 */
export function orderRewards(rewards: readonly RunReward[]): readonly RunReward[] {
  let ordered = known.get(rewards);
  if (ordered === undefined) {
    ordered = orderOf(rewards);
    known.set(rewards, ordered);
  }
  return ordered;
}

function orderOf(rewards: readonly RunReward[]): readonly RunReward[] {
  const ordered: RunReward[] = [];
  let waiting = [...rewards];
  while (waiting.length > 0) {
    const blocked = new Set(waiting.map(({ name }) => name));
    const free = waiting.find(({ reward }) => !reward.after?.some((name) => blocked.has(name)));
    if (free === undefined) {
      throw new LociError(
        'reward-cycle',
        `These rewards wait for each other: ${[...blocked].join(', ')}; correct their \`after\``,
      );
    }
    ordered.push(free);
    waiting = waiting.filter((entry) => entry !== free);
  }
  return ordered;
}

/** All rewards that `targets` depend on, directly or indirectly, in the order of `rewards`. */
export function rewardsBefore(
  targets: readonly RunReward[],
  rewards: readonly RunReward[],
): readonly RunReward[] {
  // The fast path for most rewards.
  if (targets.every(({ reward }) => reward.after === undefined)) return [];
  const wanted = new Set(targets.flatMap(({ reward }) => reward.after ?? []));
  for (const { name, reward } of [...rewards].reverse()) {
    if (wanted.has(name)) for (const earlier of reward.after ?? []) wanted.add(earlier);
  }
  return rewards.filter(({ name }) => wanted.has(name));
}
