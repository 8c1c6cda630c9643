import { LociError } from '../../errors/loci-error.ts';
import type { GroupScore, RewardFailure } from '../../rollout/score-groups.ts';

/** Steps over which the share of failed groups is computed. */
const WINDOW = 10;

/** Stops a run whose rewards fail too often to learn from the rest. */
export class FailureWatch {
  readonly #maxShare: number;
  readonly #recent: { readonly groups: number; readonly failed: number }[] = [];

  constructor(maxShare: number) {
    this.#maxShare = maxShare;
  }

  /** @throws LociError `rewards-failing` when the share over the last ten steps exceeds what the config allows. */
  observe(scores: readonly GroupScore[]): void {
    const failures = scores.flatMap((score) => score.failures.slice(0, 1));
    this.#recent.push({ groups: scores.length, failed: failures.length });
    if (this.#recent.length > WINDOW) this.#recent.shift();
    const groups = this.#recent.reduce((sum, entry) => sum + entry.groups, 0);
    const failed = this.#recent.reduce((sum, entry) => sum + entry.failed, 0);
    const [first] = failures;
    if (first === undefined || failed / groups <= this.#maxShare) return;
    throw new LociError(
      'rewards-failing',
      `${failed} of the last ${groups} groups lost a reward, more than the share of ${this.#maxShare} that ` +
        `maxFailedGroupShare allows; fix the reward, or raise maxFailedGroupShare; the last failure: ${describeFailure(first)}`,
      { details: { failed, groups, failures } },
    );
  }
}

/** `reward "answer", sample scene-7#2, completion 3: threw: …`. */
export function describeFailure({ reward, sampleId, completion, message }: RewardFailure): string {
  const which = completion === undefined ? '' : `, completion ${completion}`;
  return `reward "${reward}", sample ${sampleId}${which}: ${message}`;
}

/** Adds the failed groups of a step to the counts by reward. */
export function countFailures(
  before: Readonly<Record<string, number>>,
  scores: readonly GroupScore[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { ...before };
  for (const { failures } of scores) {
    for (const name of new Set(failures.map(({ reward }) => reward))) {
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }
  return counts;
}
