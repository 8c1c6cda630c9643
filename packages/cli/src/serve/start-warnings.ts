import { looksOf } from '@loci/core';
import type { Look, LookName, RunReward } from '@loci/core';

/** Warnings about rewards that some contract cannot serve fully, to print before the server starts. */
export function startWarnings(rewards: readonly RunReward[]): readonly string[] {
  return rewards.flatMap(({ name, weight, reward }) => [
    ...(looksOf(reward).size > 0 ? [looksWarning(name, [...looksOf(reward)])] : []),
    ...(typeof weight === 'number'
      ? []
      : [
          `the weight of ${name} changes during training: send the step as "step" to POST /score. Without it, and for OpenRLHF, the weight is its last value, ${weight.to}`,
        ]),
  ]);
}

function looksWarning(name: string, looks: readonly (readonly [LookName, Look])[]): string {
  const shown = looks.map(([look, { show }]) => (look === show ? look : `${look} (${show})`));
  const keys = looks.map(([look]) => `"${look}": […]`).join(', ');
  return (
    `${name} compares with completions under other looks at the video: ${shown.join(', ')}. Send them as "looks": { ${keys} } ` +
    'to POST /score. Without them it abstains, so for OpenRLHF always'
  );
}
