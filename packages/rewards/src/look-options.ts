import type { Look, LookName, LookTreatment } from '@loci/core';

/**
 * Looks with a number of completions of their own, under names that no other reward's settings can clash with.
 *
 * @param completions Of each question; undefined for half of the group, which all rewards share that leave it open.
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
