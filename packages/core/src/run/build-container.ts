/**
 * Fills the container of one run: finds the plugin of every part, parses all options (so that a wrong one is an error
 * before anything is made), and registers each part as a singleton that is made on first use.
 */
import { container as root, instanceCachingFactory } from 'tsyringe';
import type { DependencyContainer } from 'tsyringe';
import { gateComplaints } from '../config/check-gates.ts';
import { formatPath } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import { PART_KEYS } from '../config/run-config.ts';
import type { PartKey, RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import type { TrainingBenchmark } from '../evaluate/run/training-evaluation.ts';
import { createFromPlugin, parseOptions } from '../plugin/create-plugin.ts';
import { ThreadRefusal } from '../plugin/isolation/handle.ts';
import { isIsolatedByDefault, prepareIsolated } from '../plugin/isolation/plugin.ts';
import type { RewardIsolation } from '../plugin/isolation/plugin.ts';
import { loadPlugin } from '../plugin/load-plugin.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import * as tokens from '../plugin/tokens.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import type { Logger, PluginContext, PluginKind, PluginTypes } from '../spec/index.ts';

/** What a container is built from. */
export interface ContainerRequest {
  readonly config: RunConfig;
  readonly registry: PluginRegistry;
  readonly origin: ConfigOrigin;
  /** Folder that relative paths in the config start from. */
  readonly baseDirectory: string;
  readonly runDirectory?: string;
  readonly logger: Logger;
  /** How rewards are put into threads of their own. */
  readonly isolation?: RewardIsolation;
  /** Receives what ends the threads of rewards. */
  readonly closers: (() => Promise<void> | void)[];
}

const PART_TOKENS: Readonly<Record<PartKey, symbol>> = {
  policy: tokens.POLICY,
  dataset: tokens.DATASET,
  benchmark: tokens.BENCHMARK,
  prompt: tokens.PROMPT,
  sampler: tokens.SAMPLER,
  advantage: tokens.ADVANTAGE,
  objective: tokens.OBJECTIVE,
  optimizer: tokens.OPTIMIZER,
  schedule: tokens.SCHEDULE,
};

/** Where the config names a plugin, and with which options. */
interface Place<Kind extends PluginKind> {
  readonly kind: Kind;
  readonly path: readonly PropertyKey[];
  readonly use: string;
  readonly options: unknown;
  readonly optionsPath?: readonly PropertyKey[];
}

/** A plugin found and its options parsed, ready to be made. */
interface Prepared<Kind extends PluginKind> {
  readonly name: string;
  make(context: PluginContext): Promise<PluginTypes[Kind]>;
}

/**
 * @throws LociError with every unknown plugin and wrong option of the config in one message, one a line, each with its
 * place and key path.
 */
export async function buildContainer(request: ContainerRequest): Promise<DependencyContainer> {
  const { config, logger, origin } = request;
  const complaints: LociError[] = [];
  const container = root.createChildContainer();
  container.registerInstance(tokens.RUN_CONFIG, config);
  container.registerInstance(tokens.LOGGER, logger);
  const lazily = <Part>(partToken: symbol, make: () => Promise<Part>): void => {
    container.register(partToken, { useFactory: instanceCachingFactory(make) });
  };

  for (const key of PART_KEYS) {
    const { use, ...options } = config[key];
    const part = await prepare(request, { kind: key, path: [key], use, options }, complaints);
    lazily(PART_TOKENS[key], async () =>
      part?.make(
        key === 'benchmark' ? await benchmarkContext(request, container) : contextOf(request),
      ),
    );
  }
  const rewardNames = new Set<string>();
  for (const [index, { weight, clip, gate, timeoutMs }] of config.rewards.entries()) {
    const path = ['rewards', index];
    const part = await prepareReward(request, index, complaints);
    if (part === undefined) continue;
    if (rewardNames.has(part.name)) {
      const message = `${origin.describe(path)}: ${formatPath(path)}: the reward "${part.name}" stands in the list twice`;
      complaints.push(new LociError('duplicate-reward', message));
    }
    rewardNames.add(part.name);
    lazily(tokens.REWARD, async (): Promise<RunReward> => {
      const reward = await part.make(contextOf(request));
      return { name: part.name, weight, clip, gate, timeoutMs, reward };
    });
  }
  for (const [index, { use, items, ...options }] of config.evaluate.benchmarks.entries()) {
    const path = ['evaluate', 'benchmarks', index];
    const part = await prepare(request, { kind: 'benchmark', path, use, options }, complaints);
    lazily(tokens.TRAINING_BENCHMARK, async (): Promise<TrainingBenchmark | undefined> => {
      const benchmark = await part?.make(await benchmarkContext(request, container));
      return benchmark && { config: config.evaluate.benchmarks[index]!, items, benchmark };
    });
  }
  for (const [index, { use, ...options }] of config.sinks.entries()) {
    const path = ['sinks', index];
    const part = await prepare(request, { kind: 'sink', path, use, options }, complaints);
    lazily(tokens.METRIC_SINK, async () => part?.make(contextOf(request)));
  }
  if (complaints.length === 0) {
    complaints.push(...gateComplaints(config.rewards, [...rewardNames], origin));
  }
  if (complaints.length === 0) return container;
  for (const close of request.closers.splice(0)) await close();
  throw joined(complaints);
}

/** A reward in place, or in a thread of its own as its config says; by default those from outside. */
async function prepareReward(
  request: ContainerRequest,
  index: number,
  complaints: LociError[],
): Promise<Prepared<'reward'> | undefined> {
  const { config, registry, origin, logger, isolation = {}, closers } = request;
  const { use, options, isolate = isIsolatedByDefault(use, request) } = config.rewards[index]!;
  const path = ['rewards', index];
  const optionsPath = [...path, 'options'];
  if (!isolate) {
    return prepare(request, { kind: 'reward', path, use, options, optionsPath }, complaints);
  }
  const { seed, baseDirectory, runDirectory } = contextOf(request);
  const folder = runDirectory === undefined ? {} : { runDirectory };
  const plugin = { reference: use, options, optionsPath, seed, baseDirectory, ...folder };
  try {
    const loaded = await prepareIsolated({ plugin, registry, origin, logger, isolation });
    closers.push(() => loaded.dispose());
    return { name: loaded.name, make: () => loaded.create() };
  } catch (thrown) {
    if (!LociError.is(thrown)) throw thrown;
    const ownPlace = thrown instanceof ThreadRefusal && thrown.stage === 'options';
    complaints.push(ownPlace ? thrown : placed(thrown, [...path, 'use'], origin));
    return undefined;
  }
}

async function prepare<Kind extends PluginKind>(
  { registry, origin, baseDirectory }: ContainerRequest,
  { kind, path, use, options, optionsPath = path }: Place<Kind>,
  complaints: LociError[],
): Promise<Prepared<Kind> | undefined> {
  let finding = true;
  try {
    const plugin = await loadPlugin(kind, use, registry, baseDirectory);
    finding = false;
    const parsed = parseOptions(plugin, options, optionsPath, origin);
    return {
      name: plugin.name,
      make: (context) => createFromPlugin(plugin, parsed, context),
    };
  } catch (thrown) {
    if (!LociError.is(thrown)) throw thrown;
    complaints.push(finding ? placed(thrown, [...path, 'use'], origin) : thrown);
    return undefined;
  }
}

/** The error with its place in the config before its message. */
function placed(error: LociError, path: readonly PropertyKey[], origin: ConfigOrigin): LociError {
  const message = `${origin.describe(path)}: ${formatPath(path)}: ${error.message}`;
  return new LociError(error.code, message, { cause: error, details: error.details });
}

function contextOf(request: ContainerRequest): PluginContext {
  const { config, baseDirectory, runDirectory, logger } = request;
  const folder = runDirectory === undefined ? {} : { runDirectory };
  return { seed: config.seed, baseDirectory, logger, ...folder };
}

async function benchmarkContext(
  request: ContainerRequest,
  container: DependencyContainer,
): Promise<PluginContext> {
  return {
    ...contextOf(request),
    dataset: await container.resolve<Promise<PluginTypes['dataset']>>(tokens.DATASET),
    prompt: await container.resolve<Promise<PluginTypes['prompt']>>(tokens.PROMPT),
  };
}

function joined(complaints: readonly LociError[]): LociError {
  const [first] = complaints;
  if (first !== undefined && complaints.length === 1) return first;
  return new LociError('config-invalid', complaints.map(({ message }) => message).join('\n'));
}
