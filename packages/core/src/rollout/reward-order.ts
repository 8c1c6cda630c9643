import { LociError } from '../errors/loci-error.ts';
import type { RunReward } from './run-reward.ts';

/** Orders that have been found: those who score small groups ask for the same one by the thousand. */
const known = new WeakMap<readonly RunReward[], readonly RunReward[]>();

/**
 * The rewards so that each stands behind those it must come after; otherwise in the given order. Names in `after` that the
 * run does not have are no obstacle.
 *
 * @throws LociError `reward-cycle`, naming the rewards that wait for each other.
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

/** All rewards that `targets` come after, directly or through others, in the order of `rewards`. */
export function rewardsBefore(
  targets: readonly RunReward[],
  rewards: readonly RunReward[],
): readonly RunReward[] {
  // The rule for most rewards, which are asked for by the thousand.
  if (targets.every(({ reward }) => reward.after === undefined)) return [];
  const wanted = new Set(targets.flatMap(({ reward }) => reward.after ?? []));
  for (const { name, reward } of [...rewards].reverse()) {
    if (wanted.has(name)) for (const earlier of reward.after ?? []) wanted.add(earlier);
  }
  return rewards.filter(({ name }) => wanted.has(name));
}
