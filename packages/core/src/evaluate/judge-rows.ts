/** Has a judge model read answers that no rule decides. */
import { EMPTY, defer, mergeMap, of } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError, messageOf } from '../errors/loci-error.ts';
import type { Benchmark } from '../spec/index.ts';
import type { JudgeModel } from './judge-model.ts';
import type { PredictionRow } from './predictions.ts';

/** The judge will not read this answer; it may read others. */
const REFUSALS = new Set(['remote-refused', 'remote-forbidden']);

/**
 * Rows with the judge's reply, in the order in which replies come. Rows that rules decide, that were judged before, or that the judge refuses to
 * read do not come out.
 *
 * @param rows are kept already: what the model answered outlives a judge that fails.
 * @returns a stream that errors with LociError `judge-failed` when the judge cannot be asked.
 */
export function judgeRows(
  rows: Observable<PredictionRow>,
  benchmark: Benchmark,
  judge: JudgeModel,
): Observable<PredictionRow> {
  return rows.pipe(
    mergeMap((row) => {
      const { prediction, item } = row;
      if (prediction.status !== 'answered' || prediction.judgement !== undefined) return EMPTY;
      const question = benchmark.judgePrompt?.(item, prediction.output);
      if (question === undefined) return EMPTY;
      return defer(() => replyTo(judge, question, item.id)).pipe(
        mergeMap((judgement) =>
          judgement === undefined
            ? EMPTY
            : of({ ...row, prediction: { ...prediction, judgement } }),
        ),
      );
    }, judge.concurrency ?? 1),
  );
}

async function replyTo(
  judge: JudgeModel,
  question: string,
  id: string,
): Promise<string | undefined> {
  try {
    return await judge(question);
  } catch (cause) {
    if (LociError.is(cause) && REFUSALS.has(cause.code)) return undefined;
    throw new LociError(
      'judge-failed',
      `The judge did not reply about the answer to ${id}: ${messageOf(cause)}. The answers are kept: the same command goes on with judging, and without --judge they stay undecided`,
      { cause },
    );
  }
}
