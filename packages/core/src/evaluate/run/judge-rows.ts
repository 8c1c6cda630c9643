/** Sends answers that no rule decides to a judge model. */
import { EMPTY, concat, defer, mergeMap, of } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError, messageOf } from '../../errors/loci-error.ts';
import type { Benchmark } from '../../spec/index.ts';
import { BUDGET_SPENT } from '../../spending/budget.ts';
import type { JudgeModel } from './judge-model.ts';
import type { PredictionRow } from '../store/predictions.ts';
import { saysNothing, splitThinking } from '../store/split-thinking.ts';

/** A judge that decides on none of this many answers is broken. */
const UNDECIDED_AT_FIRST = 3;

/**
 * Rows with the judge's reply, in the order of the replies. The stream leaves out rows that rules decide, that were judged before, or on
 * which the judge does not decide.
 *
 * @param rows Already stored, so that answers survive a failing judge.
 * @returns A stream that errors with LociError `judge-failed` when the judge does not reply, or decides on no answer.
 */
export function judgeRows(
  rows: Observable<PredictionRow>,
  benchmark: Benchmark,
  judge: JudgeModel,
): Observable<PredictionRow> {
  let decided = 0;
  let undecided = 0;
  let reason = '';
  const judged$ = rows.pipe(
    mergeMap((row) => {
      const { prediction, item } = row;
      if (prediction.status !== 'answered') return EMPTY;
      const { judgement: earlier = '' } = prediction;
      if (!saysNothing(splitThinking(earlier).answer)) {
        decided++;
        return EMPTY;
      }
      const question = benchmark.judgePrompt?.(item, prediction.output);
      if (question === undefined) return EMPTY;
      return defer(() => replyTo(judge, question, item.id)).pipe(
        mergeMap((reply) => {
          if ('judgement' in reply) {
            decided++;
            return of({ ...row, prediction: { ...prediction, ...reply } });
          }
          // A request beyond the budget never reached the judge.
          if (reply.unpaid !== true) undecided++;
          reason ||= reply.reason;
          return EMPTY;
        }),
      );
    }, judge.concurrency ?? 1),
  );
  const check$ = defer(() => {
    if (decided > 0 || undecided < UNDECIDED_AT_FIRST) return EMPTY;
    throw new LociError(
      'judge-failed',
      `The judge decided on none of the ${undecided} answers that it read; the first: ${reason}. The answers are kept: run the command again with another judge, or without one`,
    );
  });
  return concat(judged$, check$);
}

type Reply = { readonly judgement: string } | { readonly reason: string; readonly unpaid?: true };

async function replyTo(judge: JudgeModel, question: string, id: string): Promise<Reply> {
  try {
    return { judgement: await judge(question) };
  } catch (cause) {
    if (LociError.is(cause) && cause.code === BUDGET_SPENT) {
      return { reason: cause.message, unpaid: true };
    }
    // An error that concerns one answer leaves it undecided. The others are still judged.
    if (LociError.is(cause) && (cause.concerns === 'item' || cause.concerns === 'either')) {
      return { reason: cause.message };
    }
    throw new LociError(
      'judge-failed',
      `The judge did not reply about the answer to ${id}: ${messageOf(cause)}. The answers are kept: the same command resumes judging, and without --judge they stay undecided`,
      { cause },
    );
  }
}
