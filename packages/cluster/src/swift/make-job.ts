/** Makes a job of ms-swift from a run: settings mapped, rows and frames written, plugin and command put together. */
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

/** The version whose documentation the rules were written by. */
export const SWIFT_VERSION = '4';
const MERGED_PATCHES = 2;
/** It is told no rate, and takes this one. */
const ITS_RATE = 2;

/**
 * Looks whether ms-swift can do what a run asks for, before anything is written or sent.
 *
 * @throws LociError as `makeSwiftJob` does of settings.
 */
export async function checkSwiftRun(
  asked: Pick<JobRequest<SwiftOptions>, 'run' | 'options'>,
): Promise<void> {
  checkEnvironment(asked.options.environment);
  await mapRun(withModel(asked), 'ms-swift', SWIFT_RULES, (value) => JSON.stringify(value));
}

/** Makes the job of ms-swift. */
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
    frameRate: ITS_RATE,
  }));
  const { places, model, rows } = made;
  const checkpoints = `${places.there}/output`;
  const outputs = {
    metrics: `${checkpoints}/logging.jsonl`,
    rollouts: `${checkpoints}/completions.jsonl`,
    checkpoints,
  };
  const shim = await shimConfig(request, made, config.evaluate.samples);
  const tellsTime = !isTwoASecond(model.modelType);
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
      ...(tellsTime ? ['ms-swift tells this model that its frames are two a second'] : []),
    ],
  };
};
