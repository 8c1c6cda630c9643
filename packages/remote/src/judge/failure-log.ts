/** Logs why a judge abstains without filling the log: the first time, the tenth, the hundredth. */
import { abstain } from '@loci/core';
import type { Logger, RewardOutcome } from '@loci/core';

/** Counts abstentions by their cause. */
export interface FailureLog {
  /** An abstention with its reason. Logs a warning when the count of its kind is a power of ten. */
  abstained(kind: string, reason: string): RewardOutcome;
}

/** A log of a judge's failures. */
export function failureLog(logger: Logger, model: string): FailureLog {
  const counts = new Map<string, number>();
  return {
    abstained(kind, reason) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (Number.isInteger(Math.log10(count))) {
        const often = count === 1 ? '' : ` from ${count} completions so far`;
        logger.warn(`the judge ${model} abstained${often}: ${reason}`);
      }
      return abstain(reason);
    },
  };
}
