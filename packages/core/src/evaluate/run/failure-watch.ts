/** Tells a question that failed from a model that does: the first is a row of the report, the second ends the run. */
import { LociError } from '../../errors/loci-error.ts';
import type { AskedItem } from './generate-answers.ts';

/** So many failures one after another are no fault of the questions. */
const FAILURES_IN_A_ROW = 20;
/** A server that forbids the first so many requests forbids them all. */
const FORBIDDEN_AT_FIRST = 3;

/** What is known from an earlier process. */
export interface KnownBefore {
  /** Whether it kept any answer of the model. */
  readonly answered: boolean;
  /** Whether it asked an item in vain. */
  failed(itemId: string): boolean;
}

/** Watches what becomes of the items of an evaluation. */
export interface FailureWatch {
  /** @throws LociError `model-unavailable`, or the policy's own when that forbids all requests. */
  note(asked: readonly AskedItem[]): void;
  /** @throws the same when a condition is done and no item was ever answered; `nothing-to-evaluate` when none could be asked. */
  end(): void;
}

/**
 * A watch over all conditions. Refusals of items that were refused before say nothing new, however many there are: an evaluation in which
 * only those are left comes to its report.
 */
export function watchFailures(before: KnownBefore): FailureWatch {
  let { answered } = before;
  let inARow = 0;
  let failed = 0;
  let latest: AskedItem | undefined;
  const unasked: AskedItem[] = [];

  function noteFailure(entry: AskedItem): void {
    failed++;
    latest = entry;
    const { concerns, error } = entry.failure ?? {};
    if (concerns === 'either' && !answered && failed >= FORBIDDEN_AT_FIRST)
      throw allForbidden(entry);
    if (concerns !== 'model' && before.failed(entry.item.id)) return;
    // A model on this machine that ends its answers at once is weak, not gone.
    if (error === undefined) return;
    if (++inARow < FAILURES_IN_A_ROW) return;
    throw unavailable(`The last ${FAILURES_IN_A_ROW} questions all failed`, entry);
  }

  return {
    note(asked) {
      for (const entry of asked) {
        if (entry.prediction.status === 'answered') {
          answered = true;
          inARow = 0;
        } else if (entry.prediction.status === 'failed') noteFailure(entry);
        else unasked.push(entry);
      }
    },
    end() {
      if (answered) return;
      if (latest === undefined) {
        if (unasked[0] !== undefined) throw nothingAsked(unasked[0], unasked.length);
        return;
      }
      if (latest.failure?.concerns === 'either') throw allForbidden(latest);
      throw unavailable(`No question was answered, ${failed} failed`, latest);
    },
  };
}

function allForbidden({ prediction, failure }: AskedItem): LociError {
  return new LociError(
    failure?.error?.code ?? 'model-unavailable',
    `${reasonOf(prediction)}. Nothing was answered yet, so it is not about one question: check that the key (apiKeyEnv) may use this model, and that the account and the region allow it`,
  );
}

function nothingAsked({ prediction }: AskedItem, count: number): LociError {
  return new LociError(
    'nothing-to-evaluate',
    `None of the ${count} items could be asked, the first because: ${reasonOf(prediction)}`,
  );
}

function unavailable(what: string, { prediction }: AskedItem): LociError {
  return new LociError(
    'model-unavailable',
    `${what}, the latest with: ${reasonOf(prediction)}. What was answered is kept: the same command goes on from there`,
  );
}

function reasonOf(prediction: AskedItem['prediction']): string {
  return prediction.status === 'answered' ? '' : prediction.reason;
}
