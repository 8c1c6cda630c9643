import type { RunReward } from '@loci/core';

/** What someone who serves these rewards should know before a trainer asks: which of them some contract cannot feed. */
export function startWarnings(rewards: readonly RunReward[]): readonly string[] {
  return rewards.flatMap(({ name, weight, reward }) => [
    ...(reward.needsShuffledFrames === true
      ? [
          `${name} compares with completions from shuffled frames: send them as "shuffled" to POST /score; it abstains wherever they are missing, and so always for OpenRLHF`,
        ]
      : []),
    ...(typeof weight === 'number'
      ? []
      : [
          `the weight of ${name} moves: POST /score takes the step as "step"; without one, and for OpenRLHF, it is ${weight.to}, where it ends`,
        ]),
  ]);
}
