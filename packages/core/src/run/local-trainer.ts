/** The bundled trainer: runs `train/loop` in this process, on the policy of the config. */
import { container as root } from 'tsyringe';
import { z } from 'zod';
import { LociError } from '../errors/loci-error.ts';
import { definePlugin } from '../plugin/define-plugin.ts';
import { tokenOf, tokens } from '../plugin/tokens.ts';
import type { Trainer } from '../spec/index.ts';
import { DemonstrationExperience, RolloutExperience } from '../train/loop/experience.ts';
import type { Experience } from '../train/loop/experience.ts';
import { RunSinks } from '../train/loop/run-sinks.ts';
import { TrainingLoop } from '../train/loop/training-loop.ts';
import { checkCourse } from './check-course.ts';
import { checkObjective } from './check-objective.ts';
import { checkLearning } from './hopeless-settings.ts';
import { describeResumption } from './resumption.ts';
import { MADE_PARTS } from './run-parts.ts';
import type { TrainingRun } from './training-run.ts';

/**
 * Trains in this process.
 *
 * @example { use: 'local' }
 */
export const localTrainer = definePlugin({
  kind: 'trainer',
  name: 'local',
  description: 'Trains in this process, on the policy of the config.',
  options: z.strictObject({}),
  create(_, { run }) {
    if (run !== undefined) return openTrainer(run);
    throw new LociError(
      'no-run',
      'A trainer needs a run; create it with the trainer() of createRun',
    );
  },
});

/** Runs the cheap checks, opens the run folder, creates the parts with the model last, and passes them to the loop. */
async function openTrainer(run: TrainingRun): Promise<Trainer> {
  const { config, origin, logger, parts, resume, runDirectory, baseDirectory } = run;
  const { sampler, optimizer } = parts;
  const [objective, schedule] = [await parts.objective(), await parts.schedule()];
  const [advantage, rewards] = [await parts.advantage(), await parts.rewards()];
  const algorithm = { advantage, objective, optimizer, schedule, sampler, rewards };
  checkLearning({ config, origin, ...algorithm });
  checkCourse(config, origin, objective);
  const store = run.openFolder();
  if (resume) {
    for (const line of describeResumption(runDirectory, config, origin, schedule))
      logger.warn(line);
  }
  const container = root.createChildContainer();
  const register = (token: symbol, ...finished: readonly unknown[]): void => {
    for (const part of finished) container.registerInstance(token, part);
  };
  register(tokens.RUN_CONFIG, config);
  register(tokens.LOGGER, logger);
  register(tokens.SAMPLER, sampler);
  register(tokens.OPTIMIZER, optimizer);
  for (const key of MADE_PARTS) {
    if (key !== 'policy') register(tokenOf(key), await parts[key]());
  }
  register(tokens.REWARD, ...rewards);
  const sinks = new RunSinks(await parts.sinks(), store, run.command);
  container.registerInstance(RunSinks, sinks);
  register(tokens.TRAINING_BENCHMARK, ...(await parts.trainingBenchmarks()));
  const policy = await parts.policy();
  checkObjective(objective, policy, config, sampler);
  register(tokens.POLICY, policy);
  const experience =
    objective.learnsFrom === 'demonstrations' ? DemonstrationExperience : RolloutExperience;
  container.register<Experience>(tokens.EXPERIENCE, { useClass: experience });
  store.begin(config, baseDirectory, origin);
  register(tokens.RUN_STORE, store);
  return container.resolve(TrainingLoop);
}
