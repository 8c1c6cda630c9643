import type { Look, LookName, LookTreatment } from '@loci/core';

/**
 * Looks with their own number of completions. The number is part of the name, so that rewards with different settings do not clash.
 *
 * @param completions For each question; undefined for the default of half the group, whose looks are shared between rewards.
 * @example looksNamed(['blank'], 2) // { 'blank-2': { show: 'blank', completions: 2 } }
 */
export function looksNamed(
  shown: readonly LookTreatment[],
  completions: number | undefined,
): Readonly<Record<LookName, Look>> {
  return Object.fromEntries(
    shown.map((show) =>
      completions === undefined
        ? [show, { show }]
        : [`${show}-${completions}`, { show, completions }],
    ),
  );
}
