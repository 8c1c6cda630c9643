/** Has a judge model read answers that no rule decides. */
import { EMPTY, concat, defer, mergeMap, of } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError, messageOf } from '../../errors/loci-error.ts';
import type { Benchmark } from '../../spec/index.ts';
import { BUDGET_SPENT } from '../../spending/budget.ts';
import type { JudgeModel } from './judge-model.ts';
import type { PredictionRow } from '../store/predictions.ts';
import { saysNothing, splitThinking } from '../store/split-thinking.ts';

/** A judge that decides on none of so many answers is no judge. */
const UNDECIDED_AT_FIRST = 3;

/**
 * Rows with the judge's reply, in the order in which replies come. Rows that rules decide, that were judged before, or on which the judge does
 * not decide do not come out.
 *
 * @param rows are kept already: what the model answered outlives a judge that fails.
 * @returns a stream that errors with LociError `judge-failed` when the judge cannot be asked, or decides on nothing.
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
          // A judge that is not paid has not been asked.
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
      `The judge decided on none of the ${undecided} answers that it was asked about; the first: ${reason}. The answers are kept: another judge, or none, goes on from there`,
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
    // What concerns this answer alone says nothing of others, nor of this one another time.
    if (LociError.is(cause) && (cause.concerns === 'item' || cause.concerns === 'either')) {
      return { reason: cause.message };
    }
    throw new LociError(
      'judge-failed',
      `The judge did not reply about the answer to ${id}: ${messageOf(cause)}. The answers are kept: the same command goes on with judging, and without --judge they stay undecided`,
      { cause },
    );
  }
}
