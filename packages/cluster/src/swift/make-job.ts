/** Makes a job for ms-swift from a run: maps the settings, writes rows and frames, and builds plugin and command. */
import type { JobRequest, MakeJob } from '../job.ts';
import { jobRows, jsonFile, mapRun, rowsOfJob, shimConfig, withModel } from '../job-parts.ts';
import { departuresOf } from '../mapping/refuse-looks.ts';
import { isTwoASecond } from '../rows/row.ts';
import { checkEnvironment } from '../shim/check-environment.ts';
import { shimSource } from '../shim/shim-source.ts';
import { frameVariables, swiftCommand } from './command.ts';
import type { SwiftOptions } from './options.ts';
import { openSwiftRows } from './rows.ts';
import { SWIFT_RULES } from './rules.ts';

/** The version whose documentation the rules follow. */
export const SWIFT_VERSION = '4';
const MERGED_PATCHES = 2;
/** Frames per second that ms-swift assumes for every video. */
const ASSUMED_RATE = 2;

/**
 * Checks that ms-swift supports the settings of a run, before anything is written or sent.
 *
 * @throws LociError as `makeSwiftJob` does for settings.
 */
export async function checkSwiftRun(
  request: Pick<JobRequest<SwiftOptions>, 'run' | 'options'>,
): Promise<void> {
  checkEnvironment(request.options.environment);
  await mapRun(withModel(request), 'ms-swift', SWIFT_RULES, (value) => JSON.stringify(value));
}

/** Makes a job for ms-swift. */
export const makeSwiftJob: MakeJob<SwiftOptions> = async (asked) => {
  const request = withModel(asked);
  const { run, options, attempt } = request;
  const { config } = run;
  checkEnvironment(options.environment);
  const { set, settings } = await mapRun(request, 'ms-swift', SWIFT_RULES, (value) =>
    JSON.stringify(value),
  );
  const made = await rowsOfJob(request, () => ({
    ending: 'jsonl',
    open: openSwiftRows,
    frameRate: ASSUMED_RATE,
  }));
  const { places, model, rows } = made;
  const checkpoints = `${places.there}/output`;
  const outputs = {
    metrics: `${checkpoints}/logging.jsonl`,
    rollouts: `${checkpoints}/completions.jsonl`,
    checkpoints,
  };
  const shim = await shimConfig(request, made, config.evaluate.samples);
  const needsTrueRate = !isTwoASecond(model.modelType);
  return {
    engine: 'ms-swift',
    engineVersion: SWIFT_VERSION,
    entrypoint: swiftCommand({ config, options, set, rows, outputs, attempt }),
    files: new Map([
      ['loci_reward.py', shimSource('loci_reward.py')],
      ['loci_swift.py', shimSource('loci_swift.py')],
      ['config.json', jsonFile(shim)],
    ]),
    environment: {
      PYTHONUNBUFFERED: '1',
      ...frameVariables(rows, model.modelType, MERGED_PATCHES * model.patchSize),
      ...options.environment,
    },
    outputs,
    settings,
    rows: jobRows(rows),
    totalSteps: config.steps,
    departures: [
      ...departuresOf(settings),
      ...(needsTrueRate ? ['ms-swift tells this model that videos have two frames a second'] : []),
    ],
  };
};
