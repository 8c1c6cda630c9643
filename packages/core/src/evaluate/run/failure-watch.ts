/** Distinguishes a failed question, which becomes a row of the report, from a failing model, which ends the evaluation. */
import { LociError } from '../../errors/loci-error.ts';
import type { ItemOutcome } from './generate-answers.ts';

/** This many failures in a row are the model's fault, not that of the questions. */
const FAILURES_IN_A_ROW = 20;
/** A server that forbids this many first requests is assumed to forbid all. */
const FORBIDDEN_AT_FIRST = 3;

/** Outcomes of an earlier process. */
export interface KnownBefore {
  /** Whether it stored any answer of the model. */
  readonly answered: boolean;
  /** Whether the item failed. */
  failed(itemId: string): boolean;
}

/** Watches the outcomes of an evaluation. */
export interface FailureWatch {
  /** @throws LociError `model-unavailable`, or the policy's own error when its server forbids all requests. */
  note(outcomes: readonly ItemOutcome[]): void;
  /** @throws The same when a condition ends and no item was ever answered; `nothing-to-evaluate` when every item was skipped. */
  end(): void;
}

/**
 * A watch over all conditions. Repeated failures of items that failed before do not count, so an evaluation in which only those are left
 * reaches its report.
 */
export function watchFailures(before: KnownBefore): FailureWatch {
  let { answered } = before;
  let inARow = 0;
  let failed = 0;
  let latest: ItemOutcome | undefined;
  const skipped: ItemOutcome[] = [];

  function noteFailure(entry: ItemOutcome): void {
    failed++;
    latest = entry;
    const { concerns, error } = entry.failure ?? {};
    if (concerns === 'either' && !answered && failed >= FORBIDDEN_AT_FIRST)
      throw allForbidden(entry);
    if (concerns !== 'model' && before.failed(entry.item.id)) return;
    // An empty answer without an error is a weak model, not a missing one.
    if (error === undefined) return;
    if (++inARow < FAILURES_IN_A_ROW) return;
    throw unavailable(`The last ${FAILURES_IN_A_ROW} questions all failed`, entry);
  }

  return {
    note(outcomes) {
      for (const entry of outcomes) {
        if (entry.prediction.status === 'answered') {
          answered = true;
          inARow = 0;
        } else if (entry.prediction.status === 'failed') noteFailure(entry);
        else skipped.push(entry);
      }
    },
    end() {
      if (answered) return;
      if (latest === undefined) {
        if (skipped[0] !== undefined) throw allSkipped(skipped[0], skipped.length);
        return;
      }
      if (latest.failure?.concerns === 'either') throw allForbidden(latest);
      throw unavailable(`No question was answered, ${failed} failed`, latest);
    },
  };
}

function allForbidden({ prediction, failure }: ItemOutcome): LociError {
  return new LociError(
    failure?.error?.code ?? 'model-unavailable',
    `${reasonOf(prediction)}. No question was answered yet, so the cause is not one question: check that the key (apiKeyEnv) may use this model, and that the account and the region allow it`,
  );
}

function allSkipped({ prediction }: ItemOutcome, count: number): LociError {
  return new LociError(
    'nothing-to-evaluate',
    `All ${count} items were skipped, the first because: ${reasonOf(prediction)}`,
  );
}

function unavailable(what: string, { prediction }: ItemOutcome): LociError {
  return new LociError(
    'model-unavailable',
    `${what}, the latest with: ${reasonOf(prediction)}. Answers are kept: the same command resumes from them`,
  );
}

function reasonOf(prediction: ItemOutcome['prediction']): string {
  return prediction.status === 'answered' ? '' : prediction.reason;
}
