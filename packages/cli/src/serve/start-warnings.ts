import { looksOf } from '@loci/core';
import type { Look, LookName, RunReward } from '@loci/core';

/** What someone who serves these rewards should know before a trainer asks: which of them some contract cannot feed. */
export function startWarnings(rewards: readonly RunReward[]): readonly string[] {
  return rewards.flatMap(({ name, weight, reward }) => [
    ...(looksOf(reward).size > 0 ? [looksWarning(name, [...looksOf(reward)])] : []),
    ...(typeof weight === 'number'
      ? []
      : [
          `the weight of ${name} moves: POST /score takes the step as "step"; without one, and for OpenRLHF, it is ${weight.to}, where it ends`,
        ]),
  ]);
}

function looksWarning(name: string, looks: readonly (readonly [LookName, Look])[]): string {
  const shown = looks.map(([look, { show }]) => (look === show ? look : `${look} (${show})`));
  const keys = looks.map(([look]) => `"${look}": […]`).join(', ');
  return (
    `${name} compares with completions under other looks at the video: ${shown.join(', ')}. Send them as "looks": { ${keys} } ` +
    'to POST /score; it abstains wherever they are missing, and so always for OpenRLHF'
  );
}
