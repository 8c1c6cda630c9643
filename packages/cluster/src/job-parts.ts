/** The parts that jobs of all engines share: the mapped settings, the exported rows, the shim's config. */
import { LociError, typedPath } from '@loci/core';
import type { JobRequest } from './job.ts';
import { refuseLooks } from './mapping/refuse-looks.ts';
import { checkRefused, mapSettings } from './mapping/rules.ts';
import type { EngineValue, Mapping, RuleBook } from './mapping/rules.ts';
import type { placeOptions } from './options.ts';
import { jobPlaces } from './places.ts';
import type { JobPlaces } from './places.ts';
import type { ExportModel } from './ports.ts';
import { exportRows } from './rows/export-rows.ts';
import type { ExportedRows, RowForm } from './rows/export-rows.ts';
import { needsGroup, shimColumns } from './shim/config.ts';
import type { ShimConfig } from './shim/config.ts';
import type { z } from 'zod';

/** Options that every engine has. */
export type SharedOptions = z.output<z.ZodObject<typeof placeOptions>>;

/** The request with the model folder as the nodes see it; by default at the same path as on this machine. */
export function withModel<
  Request extends Pick<JobRequest<Options>, 'run' | 'options'>,
  Options extends SharedOptions,
>(request: Request & { readonly options: Options }): Request {
  const { options, run } = request;
  const { model } = run.config.policy;
  if (options.model !== undefined || typeof model !== 'string') return request;
  return { ...request, options: { ...options, model: typedPath(model, run.baseDirectory) } };
}

/**
 * Decides about every setting of the run.
 *
 * @throws LociError `setting-refused`, `setting-unmapped`, `setting-conflict`, `no-rewards`.
 */
export async function mapRun<Options>(
  { run, options }: Pick<JobRequest<Options>, 'run' | 'options'>,
  engine: string,
  book: RuleBook<Options>,
  write: (value: EngineValue) => string,
): Promise<Mapping> {
  const { config, origin, parts } = run;
  const mapped = mapSettings(book, config, options, write, origin);
  const rewards = await parts.rewards();
  if (rewards.length === 0) {
    throw new LociError(
      'no-rewards',
      `The config names no reward, and ${engine} trains by rewards`,
    );
  }
  const settings = refuseLooks(mapped.settings, rewards);
  checkRefused(settings, engine, (path) => origin.describe(path));
  return { ...mapped, settings };
}

/** Rows of a job, with the places and the model that they were made with. */
export interface RowsOfJob {
  readonly places: JobPlaces;
  readonly model: ExportModel;
  readonly rows: ExportedRows;
}

/** Exports the rows of a job. @param formOf the engine's form, by the model. */
export async function rowsOfJob<Options extends SharedOptions>(
  { run, options, openModel, name, signal }: JobRequest<Options>,
  formOf: (model: ExportModel) => RowForm,
): Promise<RowsOfJob> {
  const { config, baseDirectory, runDirectory, logger } = run;
  const places = jobPlaces(options, { name, runDirectory, baseDirectory });
  const model = await openModel(config.policy, baseDirectory);
  const rows = await exportRows({
    config,
    dataset: await run.parts.dataset(),
    prompt: await run.parts.prompt(),
    model,
    place: { here: `${places.here}/rows`, there: `${places.there}/rows` },
    framePlace: places.frames,
    frameForm: options.frames,
    form: formOf(model),
    ...{ maxRows: options.maxRows, logger, signal },
  });
  return { places, model, rows };
}

/** The config of the shim. @param groupSizes of training and validation. */
export async function shimConfig<Options extends SharedOptions>(
  { run, options, rewardsUrl, name, attempt }: JobRequest<Options>,
  { model, rows }: RowsOfJob,
  validationGroupSize: number,
): Promise<ShimConfig> {
  const { config, parts } = run;
  const rewards = await parts.rewards();
  return {
    url: rewardsUrl,
    tokenFile: options.rewards.tokenFile ?? null,
    timeoutSeconds: options.rewards.timeoutMs / 1000,
    attempts: options.rewards.attempts,
    groupSize: config.sampler.completionsPerPrompt,
    validationGroupSize,
    needsGroup: needsGroup(rewards),
    maxNewTokens: config.sampler.maxNewTokens,
    silentTokenIds: model.silentTokenIds,
    columns: shimColumns(rewards),
    run: `${name}-${attempt}`,
    probe: rows.firstSample,
  };
}

/** A value as the bytes of a JSON file in the job's working folder. */
export function jsonFile(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** The exported rows without the fields that only making the job needs. */
export function jobRows({
  firstSample: _first,
  leastArea: _least,
  greatestArea: _greatest,
  ...rows
}: ExportedRows) {
  return rows;
}
