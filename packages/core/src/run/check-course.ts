/** Finds, before the first step, settings of groups, checkpoints and stops that the run cannot fulfill. */
import { formatPath } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import type { Objective } from '../spec/index.ts';

/** @throws LociError `config-invalid`, one line for each setting, with its place in the config. */
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
  const hasQuestions = evaluate.questions !== 0 || evaluate.benchmarks.length > 0;
  if (evaluate.every === 0 || !hasQuestions) {
    const remedy = hasQuestions
      ? 'set evaluate.every above 0'
      : 'set evaluate.every and evaluate.questions above 0';
    const problem = `it reads a figure of the evaluations during the run, but the run has none; ${remedy}`;
    if (checkpoint.best !== undefined) complain(['checkpoint', 'best'], problem);
    if (stopWhen?.plateau !== undefined) complain(['stopWhen', 'plateau'], problem);
  }
  if (learnsFrom === 'demonstrations') {
    for (const key of ['dynamicSampling', 'leaveOutTruncated', 'curriculum'] as const) {
      if (config[key] === undefined || config[key] === false) continue;
      complain(
        [key],
        'the objective learns only from demonstrations, so no completion is sampled; leave it out',
      );
    }
  }
  if (complaints.length > 0) throw new LociError('config-invalid', complaints.join('\n'));
}
