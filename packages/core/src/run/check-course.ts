/** Settings of groups, checkpoints and ends that ask for something the run does not have, found before its first step. */
import { formatPath } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import type { Objective } from '../spec/index.ts';

/** @throws LociError `config-invalid`, one line a setting, each with its place in the config. */
export function checkCourse(
  config: RunConfig,
  origin: ConfigOrigin,
  { learnsFrom }: Pick<Objective, 'learnsFrom'>,
): void {
  const { checkpoint, evaluate, stopWhen } = config;
  const complaints: string[] = [];
  const complain = (path: readonly string[], problem: string): void => {
    complaints.push(`${origin.describe(path)}: ${formatPath(path)}: ${problem}`);
  };
  const asks = evaluate.questions !== 0 || evaluate.benchmarks.length > 0;
  if (evaluate.every === 0 || !asks) {
    const remedy = asks
      ? 'set evaluate.every above 0'
      : 'set evaluate.every and evaluate.questions above 0';
    const problem = `it is a figure of the evaluations during the run, and there are none; ${remedy}`;
    if (checkpoint.best !== undefined) complain(['checkpoint', 'best'], problem);
    if (stopWhen?.plateau !== undefined) complain(['stopWhen', 'plateau'], problem);
  }
  if (learnsFrom === 'demonstrations') {
    for (const key of ['dynamicSampling', 'leaveOutTruncated', 'curriculum'] as const) {
      if (config[key] === undefined || config[key] === false) continue;
      complain([key], 'the objective learns from demonstrations, and no completion is sampled');
    }
  }
  if (complaints.length > 0) throw new LociError('config-invalid', complaints.join('\n'));
}
