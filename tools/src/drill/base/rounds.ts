/** How long a drill runs: a number of rounds, or a share of the requested time. */

/** The requested length: `rounds` of every drill, or `minutes` for all of them together. */
export type DrillLength = { readonly rounds: number } | { readonly minutes: number };

/** Rounds of every drill by default, which take minutes in all. */
export const DEFAULT_LENGTH: DrillLength = { rounds: 1 };

/** Decides whether a drill does a further round. */
export interface Budget {
  /** @param done Rounds that are done. */
  readonly allows: (done: number) => boolean;
}

/**
 * The budget of one drill; it begins now. At least one round is allowed. What earlier drills left over of their time goes to later ones.
 *
 * @param drillsLeft This one and those after it.
 * @param endMs When all of them should be done, by the clock `now`; Infinity where rounds are counted.
 */
export function budgetOf(
  length: DrillLength,
  drillsLeft: number,
  endMs: number,
  now: () => number = performance.now.bind(performance),
): Budget {
  if ('rounds' in length) return { allows: (done) => done < length.rounds };
  const start = now();
  const ownEnd = start + Math.max(0, endMs - start) / drillsLeft;
  return {
    allows: (done) => {
      if (done === 0) return true;
      // Another round takes about as long as those before it.
      const each = (now() - start) / done;
      return now() + each / 2 < ownEnd;
    },
  };
}
