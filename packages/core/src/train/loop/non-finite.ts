/** The error of an update that is not finite. It saves the batch on disk for inspection. */
import { LociError } from '../../errors/loci-error.ts';
import type { TokenFigures } from '../../spec/index.ts';
import { saveOffendingBatch } from '../run-folder/offending-batch.ts';
import type { RunStore } from '../run-folder/run-store.ts';
import type { LearningGroup } from './learning-batch.ts';
import type { WeighedBatch } from './weigh.ts';

/** An update's place in its run, and the batch that it was computed from. */
export interface UpdatePlace {
  /** Counted from 1. */
  readonly step: number;
  /** Within the step, from 1. */
  readonly update: number;
  readonly groups: readonly LearningGroup[];
  readonly weighed: WeighedBatch;
}

/** A function that saves the batch and makes the error `non-finite`, which names the file. It first checks that the run folder is still there. */
export function nonFinite(
  { step, update, groups, weighed }: UpdatePlace,
  store: RunStore,
): (reason: string, logProbs: TokenFigures['logProbs']) => LociError {
  return (reason, logProbs) => {
    store.assertWritable();
    const { groups: batch, loss } = weighed;
    const file = saveOffendingBatch(store.directory, {
      step,
      reason,
      groups,
      batch,
      loss,
      logProbs,
    });
    const weights =
      update === 1
        ? 'the weights are untouched'
        : `the weights are those after update ${update - 1} of the step`;
    return new LociError(
      'non-finite',
      `Step ${step}: ${reason}; ${weights}, and the batch is in ${file}`,
      { details: { file, step } },
    );
  };
}
