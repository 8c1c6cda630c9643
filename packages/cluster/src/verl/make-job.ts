/** Makes a job of verl from a run: settings mapped, rows and frames written, the shim and the command put together. */
import { LociError, typedPath } from '@loci/core';
import type { JobRequest, MakeJob } from '../job.ts';
import { departuresOf, refuseLooks } from '../mapping/refuse-looks.ts';
import { checkRefused, mapSettings } from '../mapping/rules.ts';
import type { Mapping } from '../mapping/rules.ts';
import { jobPlaces } from '../places.ts';
import { exportRows } from '../rows/export-rows.ts';
import type { ExportedRows } from '../rows/export-rows.ts';
import { VerlRowWriter } from '../rows/parquet.ts';
import { needsGroup, shimColumns } from '../shim/config.ts';
import type { ShimConfig } from '../shim/config.ts';
import { shimSource } from '../shim/shim-source.ts';
import { checkEnvironment } from '../shim/check-environment.ts';
import { SHIM_FILE, verlEntrypoint } from './entrypoint.ts';
import { knownVersion } from './keys.ts';
import type { VerlOptions } from './options.ts';
import { hydraValue } from './overrides.ts';
import { VERL_RULES } from './run-rules.ts';

/**
 * Looks whether verl can do what a run asks for, before anything is written or sent.
 *
 * @throws LociError as `makeVerlJob` does of settings.
 */
export async function checkVerlRun(
  asked: Pick<JobRequest<VerlOptions>, 'run' | 'options'>,
): Promise<void> {
  checkEnvironment(asked.options.environment);
  await mapRun(withModel(asked));
}

/** Makes the job of verl. */
export const makeVerlJob: MakeJob<VerlOptions> = async (asked) => {
  const request = withModel(asked);
  const { run, options, openModel, attempt, name, signal } = request;
  const { config, baseDirectory, runDirectory, logger } = run;
  const engineVersion = knownVersion(options.version);
  checkEnvironment(options.environment);
  const mapping = await mapRun(request);
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
    form: {
      ending: 'parquet',
      open: (path, media) => new VerlRowWriter(path, model.modelType, media),
    },
    ...{ maxRows: options.maxRows, logger, signal },
  });
  const outputs = {
    metrics: `${places.there}/metrics-${attempt}.jsonl`,
    rollouts: `${places.there}/rollouts`,
    checkpoints: `${places.there}/checkpoints`,
  };
  const { patchSize } = model;
  const parts = { config, options, set: mapping.set, rows, outputs, patchSize, name };
  const shim = await shimConfig(request, model.silentTokenIds, rows.firstSample);
  return {
    engine: 'verl',
    engineVersion,
    entrypoint: verlEntrypoint(parts),
    files: new Map([
      [SHIM_FILE, shimSource('loci_reward.py')],
      ['config.json', new TextEncoder().encode(`${JSON.stringify(shim, undefined, 2)}\n`)],
    ]),
    environment: {
      PYTHONUNBUFFERED: '1',
      HYDRA_FULL_ERROR: '1',
      VERL_FILE_LOGGER_PATH: outputs.metrics,
      ...options.environment,
    },
    outputs,
    settings: mapping.settings,
    rows: jobRows(rows),
    totalSteps: config.steps,
    departures: departuresOf(mapping.settings),
  };
};

/** The request with the model folder as the nodes see it: where nothing is said, at the same path as here. */
function withModel<Asked extends Pick<JobRequest<VerlOptions>, 'run' | 'options'>>(
  request: Asked,
): Asked {
  const { options, run } = request;
  const { model } = run.config.policy;
  if (options.model !== undefined || typeof model !== 'string') return request;
  return { ...request, options: { ...options, model: typedPath(model, run.baseDirectory) } };
}

/** @throws LociError `setting-refused`, `setting-unmapped`, `setting-conflict`, `no-rewards`. */
async function mapRun({
  run,
  options,
}: Pick<JobRequest<VerlOptions>, 'run' | 'options'>): Promise<Mapping> {
  const { config, origin, parts } = run;
  const mapped = mapSettings(VERL_RULES, config, options, hydraValue, origin);
  const rewards = await parts.rewards();
  if (rewards.length === 0) {
    throw new LociError(
      'no-rewards',
      'The config names no reward, and verl trains by rewards alone',
    );
  }
  const settings = refuseLooks(mapped.settings, rewards);
  checkRefused(settings, 'verl', (path) => origin.describe(path));
  return { ...mapped, settings };
}

async function shimConfig(
  { run, options, rewardsUrl, name, attempt }: JobRequest<VerlOptions>,
  silentTokenIds: readonly number[],
  probe: string,
): Promise<ShimConfig> {
  const { config, parts } = run;
  const rewards = await parts.rewards();
  return {
    url: rewardsUrl,
    tokenFile: options.rewards.tokenFile ?? null,
    timeoutSeconds: options.rewards.timeoutMs / 1000,
    attempts: options.rewards.attempts,
    groupSize: config.sampler.completionsPerPrompt,
    validationGroupSize: config.evaluate.samples,
    needsGroup: needsGroup(rewards),
    maxNewTokens: config.sampler.maxNewTokens,
    silentTokenIds,
    columns: shimColumns(rewards),
    run: `${name}-${attempt}`,
    probe,
  };
}

function jobRows({
  firstSample: _,
  leastArea: _least,
  greatestArea: _greatest,
  ...rows
}: ExportedRows) {
  return rows;
}
