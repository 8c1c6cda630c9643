/** Composes a run: a container with the config's plugins, and the trainer made of them. */
import type { DependencyContainer } from 'tsyringe';
import { PROGRAM_ORIGIN } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import type { TrainingBenchmark } from '../evaluate/run/training-evaluation.ts';
import { sinkPlugins } from '../metrics/sink-plugins.ts';
import type { RewardIsolation } from '../plugin/isolation/plugin.ts';
import { locatePlugins } from '../plugin/locate-plugin.ts';
import { PluginRegistry } from '../plugin/registry.ts';
import * as tokens from '../plugin/tokens.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import type {
  AnyPlugin,
  Logger,
  MetricSink,
  Objective,
  Policy,
  PluginTypes,
} from '../spec/index.ts';
import { algorithmPlugins } from '../train/algorithm/algorithm-plugins.ts';
import { DemonstrationExperience, RolloutExperience } from '../train/loop/experience.ts';
import type { Experience } from '../train/loop/experience.ts';
import { RunStore } from '../train/run-folder/run-store.ts';
import { SgRlvrTrainer } from '../train/loop/sg-rlvr-trainer.ts';
import type { Trainer } from '../train/loop/trainer.ts';
import { buildContainer } from './build-container.ts';
import { checkLearning } from './hopeless-settings.ts';
import type { LearningParts } from './hopeless-settings.ts';
import { describeResumption } from './resumption.ts';
import type { Run, TrainerOptions } from './run.ts';

/** What a run is made from. */
export interface CreateRunOptions {
  readonly config: RunConfig;
  /** Plugins that a bare name finds, beside those of core. */
  readonly plugins: readonly AnyPlugin[];
  /** Where the config came from, for messages. */
  readonly origin?: ConfigOrigin;
  /** Folder that relative paths start from; that of a plugin in a config file starts at the file's folder. */
  readonly baseDirectory: string;
  /** Folder of the run; needed for training. */
  readonly runDirectory?: string;
  readonly logger: Logger;
  /** How rewards are put into threads of their own. */
  readonly isolation?: RewardIsolation;
}

/**
 * Finds every plugin and checks every option of a config; makes nothing yet.
 *
 * @throws LociError `unknown-plugin`, `config-invalid` and others, each naming its place in the config.
 * @example
 * const run = await createRun({ config, origin, plugins, baseDirectory, runDirectory, logger });
 * const trainer = await run.trainer();
 * trainer.events$.subscribe(print);
 * await trainer.run();
 * await run.dispose();
 */
export async function createRun(options: CreateRunOptions): Promise<Run> {
  const { plugins, origin = PROGRAM_ORIGIN, ...rest } = options;
  const registry = new PluginRegistry([...corePlugins, ...plugins]);
  const config = locatePlugins(options.config, {
    registry,
    origin,
    baseDirectory: rest.baseDirectory,
  });
  const closers: Closer[] = [];
  const container = await buildContainer({ ...rest, config, registry, origin, closers });
  return new ContainedRun(config, origin, container, options, closers);
}

/** Ends something that was opened for the run. */
type Closer = () => Promise<void> | void;

/** A run whose parts live in a container. */
class ContainedRun implements Run {
  readonly config: RunConfig;
  readonly #origin: ConfigOrigin;
  readonly #container: DependencyContainer;
  readonly #runDirectory: string | undefined;
  readonly #baseDirectory: string;
  #policy: Promise<Policy> | undefined;
  #store: RunStore | undefined;
  readonly #closers: Closer[];

  constructor(
    config: RunConfig,
    origin: ConfigOrigin,
    container: DependencyContainer,
    { runDirectory, baseDirectory }: Pick<CreateRunOptions, 'runDirectory' | 'baseDirectory'>,
    closers: Closer[],
  ) {
    this.#baseDirectory = baseDirectory;
    this.#closers = closers;
    this.config = config;
    this.#origin = origin;
    this.#container = container;
    this.#runDirectory = runDirectory;
  }

  policy(): Promise<Policy> {
    this.#policy ??= this.#part<'policy'>(tokens.POLICY);
    return this.#policy;
  }

  dataset(): Promise<PluginTypes['dataset']> {
    return this.#part<'dataset'>(tokens.DATASET);
  }

  prompt(): Promise<PluginTypes['prompt']> {
    return this.#part<'prompt'>(tokens.PROMPT);
  }

  sampler(): Promise<PluginTypes['sampler']> {
    return this.#part<'sampler'>(tokens.SAMPLER);
  }

  benchmark(): Promise<PluginTypes['benchmark']> {
    return this.#part<'benchmark'>(tokens.BENCHMARK);
  }

  rewards(): Promise<readonly RunReward[]> {
    return this.#parts<RunReward>(tokens.REWARD);
  }

  async trainer({ resume = false }: TrainerOptions = {}): Promise<Trainer> {
    if (this.#runDirectory === undefined) {
      throw new LociError('no-run-directory', 'Training needs a run folder');
    }
    const learning = await this.#learningParts();
    checkLearning(learning);
    this.#store = RunStore.open(this.#runDirectory, resume);
    const store = this.#store;
    if (resume) {
      const logger = this.#container.resolve<Logger>(tokens.LOGGER);
      const lines = describeResumption(this.#runDirectory, this.config, learning.schedule);
      for (const line of lines) logger.warn(line);
    }
    const made = this.#container.createChildContainer();
    for (const token of SINGLE_PARTS) {
      made.registerInstance(token, await this.#container.resolve<Promise<unknown>>(token));
    }
    for (const reward of await this.rewards()) made.registerInstance(tokens.REWARD, reward);
    for (const sink of await this.#parts<MetricSink>(tokens.METRIC_SINK)) {
      this.#closers.push(() => sink.close());
      made.registerInstance(tokens.METRIC_SINK, sink);
    }
    for (const benchmark of await this.#parts<TrainingBenchmark>(tokens.TRAINING_BENCHMARK)) {
      made.registerInstance(tokens.TRAINING_BENCHMARK, benchmark);
    }
    made.registerInstance(tokens.POLICY, await this.policy());
    const objective = made.resolve<Objective>(tokens.OBJECTIVE);
    checkCapabilities(await this.policy(), objective);
    const experience =
      objective.learnsFrom === 'rollouts' ? RolloutExperience : DemonstrationExperience;
    made.register<Experience>(tokens.EXPERIENCE, { useClass: experience });
    store.begin(this.config, this.#baseDirectory);
    made.registerInstance(tokens.RUN_STORE, store);
    return made.resolve(SgRlvrTrainer);
  }

  async dispose(): Promise<void> {
    const policy = this.#policy?.catch(() => undefined);
    this.#policy = undefined;
    const store = this.#store;
    this.#store = undefined;
    const closers: Closer[] = [
      ...this.#closers.splice(0),
      async () => (await policy)?.dispose(),
      () => store?.close(),
    ];
    const failures: unknown[] = [];
    for (const close of closers) {
      await (async () => close())().catch((thrown: unknown) => failures.push(thrown));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** What must be such that the run can learn; cheap, so that it is made before the model is loaded. */
  async #learningParts(): Promise<LearningParts> {
    return {
      config: this.config,
      origin: this.#origin,
      objective: await this.#part<'objective'>(tokens.OBJECTIVE),
      optimizer: await this.#part<'optimizer'>(tokens.OPTIMIZER),
      schedule: await this.#part<'schedule'>(tokens.SCHEDULE),
      sampler: await this.sampler(),
      rewards: await this.rewards(),
    };
  }

  #part<Kind extends keyof PluginTypes>(token: symbol): Promise<PluginTypes[Kind]> {
    return this.#container.resolve<Promise<PluginTypes[Kind]>>(token);
  }

  #parts<Part>(token: symbol): Promise<readonly Part[]> {
    if (!this.#container.isRegistered(token)) return Promise.resolve([]);
    return Promise.all(this.#container.resolveAll<Promise<Part>>(token));
  }
}

const SINGLE_PARTS = [
  tokens.DATASET,
  tokens.BENCHMARK,
  tokens.PROMPT,
  tokens.SAMPLER,
  tokens.ADVANTAGE,
  tokens.OBJECTIVE,
  tokens.OPTIMIZER,
  tokens.SCHEDULE,
];

/** The plugins that core brings itself: the algorithm's parts and the metric sinks. */
export const corePlugins: readonly AnyPlugin[] = [...algorithmPlugins, ...sinkPlugins];

/** @throws LociError `policy-cannot`, before the first step and not in the middle. */
function checkCapabilities({ capabilities }: Policy, { learnsFrom }: Objective): void {
  const needed = learnsFrom === 'rollouts' ? 'policy-gradient' : 'cross-entropy';
  if (capabilities.trainable && capabilities.losses.includes(needed)) return;
  throw new LociError(
    'policy-cannot',
    `The policy (${capabilities.description}) cannot be trained with the loss "${needed}"`,
  );
}
