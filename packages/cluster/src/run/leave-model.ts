/** Provides the model folder at the end of a run. Where the engine wrote shards, a job of its own merges them. */
import { posix } from 'node:path';
import { LociError } from '@loci/core';
import type { Logger } from '@loci/core';
import { isEnded } from '../ray/job-info.ts';
import type { Attempt, ClusterRecord, RecordKeeper } from './cluster-record.ts';
import { pathHere, pathOnNodes } from './engine.ts';
import type { ClusterEngine, StoragePlaces } from './engine.ts';
import type { JobHost } from './job-host.ts';
import { endOfLog } from './log-text.ts';
import type { Wishes } from './wish.ts';

/** The parts of a run that it needs. */
export interface ModelSurroundings {
  readonly engine: ClusterEngine;
  readonly host: JobHost;
  readonly keeper: RecordKeeper;
  readonly storage: StoragePlaces;
  readonly pollMs: number;
  readonly logger: Logger;
}

/**
 * Finds or makes the model of the last checkpoint, and writes it into the record.
 *
 * @returns Undefined where the user left before the merge ended.
 * @throws LociError `no-checkpoint`, `merge-failed`.
 */
export async function leaveModel(
  { outputs, totalSteps }: Attempt,
  surroundings: ModelSurroundings,
  wishes: Wishes,
): Promise<ClusterRecord['model']> {
  const { engine, keeper, logger, storage } = surroundings;
  const checkpoints = pathHere(outputs.checkpoints, storage);
  if (checkpoints === undefined) {
    // This machine does not see the storage, so it can only name the folder.
    logger.info(`the checkpoints are on the cluster, below ${outputs.checkpoints}`);
    return recorded({ step: totalSteps, directory: outputs.checkpoints }, keeper);
  }
  const checkpoint = await engine.reader.latestCheckpoint(checkpoints);
  if (checkpoint === undefined) {
    throw new LociError(
      'no-checkpoint',
      `The job ended without an error, but there is no complete checkpoint below ${checkpoints}: look into its log`,
    );
  }
  const { step } = checkpoint;
  const found = await engine.reader.modelFolder(checkpoint);
  if (found !== undefined) {
    return recorded({ step, directory: pathOnNodes(found, storage) ?? found, here: found }, keeper);
  }
  const source = pathOnNodes(checkpoint.directory, storage) ?? checkpoint.directory;
  const target = posix.join(posix.dirname(outputs.checkpoints), 'model', `step-${step}`);
  logger.info(`merging the checkpoint of step ${step} into ${target}`);
  const isMerged = await merge(engine.reader.mergeEntrypoint(source, target), surroundings, wishes);
  if (!isMerged) return undefined;
  const here = pathHere(target, storage);
  return recorded({ step, directory: target, ...(here !== undefined && { here }) }, keeper);
}

function recorded(model: NonNullable<ClusterRecord['model']>, keeper: RecordKeeper) {
  keeper.change({ model });
  return model;
}

/** Runs the merge as a job, or waits for the one that runs already. @returns Whether it ended before the user left. */
async function merge(
  entrypoint: string,
  { host, keeper, pollMs }: ModelSurroundings,
  wishes: Wishes,
): Promise<boolean> {
  const { run, merges } = keeper.record;
  const idOf = (number: number): string => `loci-${run}-model-${number}`;
  let id = idOf(merges);
  const earlier = merges === 0 ? undefined : await host.look(id);
  if (earlier === undefined || (isEnded(earlier.status) && earlier.status !== 'SUCCEEDED')) {
    id = idOf(merges + 1);
    keeper.change({ merges: merges + 1 });
    await host.start({ id, entrypoint, files: new Map(), environment: {}, purpose: 'model' });
  }
  for (;;) {
    const state = await host.look(id);
    if (state?.status === 'SUCCEEDED') return true;
    if (state === undefined || isEnded(state.status)) {
      const log = state === undefined ? '' : await host.log(id);
      throw new LociError(
        'merge-failed',
        `The training is done, but merging its shards into one folder failed (job ${id} on ${host.place}):\n${endOfLog(log)}\n` +
          'Remove the cause; then --resume merges them again. Or run this on the cluster: ' +
          entrypoint,
      );
    }
    if (wishes.wish === 'leave') return false;
    if (wishes.wish === 'stop') {
      await host.stop(id);
      return false;
    }
    await wishes.wait(pollMs);
  }
}
