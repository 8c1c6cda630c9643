/** Makes a job for verl from a run: maps the settings, writes rows and frames, and builds shim and command. */
import type { JobRequest, MakeJob } from '../job.ts';
import { jobRows, jsonFile, mapRun, rowsOfJob, shimConfig, withModel } from '../job-parts.ts';
import { departuresOf } from '../mapping/refuse-looks.ts';
import { VerlRowWriter } from '../rows/parquet.ts';
import { checkEnvironment } from '../shim/check-environment.ts';
import { shimSource } from '../shim/shim-source.ts';
import { SHIM_FILE, verlEntrypoint } from './entrypoint.ts';
import { knownVersion } from './keys.ts';
import type { VerlOptions } from './options.ts';
import { hydraValue } from './overrides.ts';
import { VERL_RULES } from './run-rules.ts';

/**
 * Checks that verl supports the settings of a run, before anything is written or sent.
 *
 * @throws LociError as `makeVerlJob` does for settings.
 */
export async function checkVerlRun(
  request: Pick<JobRequest<VerlOptions>, 'run' | 'options'>,
): Promise<void> {
  checkEnvironment(request.options.environment);
  await mapRun(withModel(request), 'verl', VERL_RULES, hydraValue);
}

/** Makes a job for verl. */
export const makeVerlJob: MakeJob<VerlOptions> = async (asked) => {
  const request = withModel(asked);
  const { run, options, attempt, name } = request;
  const { config } = run;
  const engineVersion = knownVersion(options.version);
  checkEnvironment(options.environment);
  const { set, settings } = await mapRun(request, 'verl', VERL_RULES, hydraValue);
  const made = await rowsOfJob(request, ({ modelType }) => ({
    ending: 'parquet',
    open: (path, media) => new VerlRowWriter(path, modelType, media),
  }));
  const { places, model, rows } = made;
  const outputs = {
    metrics: `${places.there}/metrics-${attempt}.jsonl`,
    rollouts: `${places.there}/rollouts`,
    checkpoints: `${places.there}/checkpoints`,
  };
  const { patchSize } = model;
  const shim = await shimConfig(request, made, config.evaluate.samples);
  return {
    engine: 'verl',
    engineVersion,
    entrypoint: verlEntrypoint({ config, options, set, rows, outputs, patchSize, name }),
    files: new Map([
      [SHIM_FILE, shimSource('loci_reward.py')],
      ['config.json', jsonFile(shim)],
    ]),
    environment: {
      PYTHONUNBUFFERED: '1',
      HYDRA_FULL_ERROR: '1',
      VERL_FILE_LOGGER_PATH: outputs.metrics,
      ...options.environment,
    },
    outputs,
    settings,
    rows: jobRows(rows),
    totalSteps: config.steps,
    departures: departuresOf(settings),
  };
};
