/** The parts of a run by name, each made when it is first asked for, and then shared. */
import { optimizerOf, samplerOf } from '../config/settings.ts';
import type { TrainingBenchmark } from '../evaluate/run/training-evaluation.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import type {
  MetricSink,
  Optimizer,
  PartKey,
  PluginContext,
  PluginTypes,
  Sampler,
} from '../spec/index.ts';
import { PART_KEYS } from '../spec/kinds.ts';
import { contextOf } from './prepare-parts.ts';
import type { PartsRequest, PreparedParts } from './prepare-parts.ts';

/** A part that the run itself does not make: the trainer, which is given the run. */
type MadePart = Exclude<PartKey, 'trainer'>;

/** Names of the parts that a run makes on request. */
export const MADE_PARTS: readonly MadePart[] = PART_KEYS.filter((key) => key !== 'trainer');

/** Asking for the policy loads the model; asking for the dataset may generate it. A part that fails to be made fails each time. */
export type RunParts = { readonly [Key in MadePart]: () => Promise<PluginTypes[Key]> } & {
  readonly sampler: Sampler;
  readonly optimizer: Optimizer;
  /** In the config's order, as are the following. */
  rewards(): Promise<readonly RunReward[]>;
  /** The sinks, which end with the run. */
  sinks(): Promise<readonly MetricSink[]>;
  /** Those of `evaluate.benchmarks`. */
  trainingBenchmarks(): Promise<readonly TrainingBenchmark[]>;
};

/** Parts that are made from prepared plugins, on request. What must be ended with the run is added to the request's closers. */
export function lazyParts(request: PartsRequest, prepared: PreparedParts): RunParts {
  const { config, closers } = request;
  const context = contextOf(request);
  const contexts: { readonly [Key in MadePart]?: () => Promise<PluginContext> } = {
    benchmark: benchmarkContext,
    dataset: datasetContext,
  };
  const single = Object.fromEntries(
    MADE_PARTS.map((key) => {
      const made = contexts[key] ?? (async () => context);
      return [key, once(async () => prepared.single[key].make(await made()))];
    }),
  ) as { readonly [Key in MadePart]: () => Promise<PluginTypes[Key]> };

  return {
    ...single,
    sampler: samplerOf(config.sampler),
    optimizer: optimizerOf(config.optimizer),
    rewards: onceEach(prepared.rewards, async ({ name, make }, index) => {
      const { weight, clip, gate, timeoutMs } = config.rewards[index]!;
      return { name, weight, clip, gate, timeoutMs, reward: await make(context) };
    }),
    sinks: onceEach(prepared.sinks, async ({ make }) => {
      const sink = await make(context);
      closers.push(() => sink.close());
      return sink;
    }),
    trainingBenchmarks: onceEach(prepared.trainingBenchmarks, async ({ make }, index) => {
      const entry = config.evaluate.benchmarks[index]!;
      const benchmark = await make(await benchmarkContext());
      return { config: entry, items: entry.items, benchmark };
    }),
  };

  /** A mixture is made of its datasets. */
  async function datasetContext(): Promise<PluginContext> {
    if (prepared.mixed.length === 0) return context;
    return {
      ...context,
      mixed: await Promise.all(prepared.mixed.map(({ make }) => make(context))),
    };
  }

  /** Benchmarks ask the questions of the run's dataset. */
  async function benchmarkContext(): Promise<PluginContext> {
    return { ...context, dataset: await single.dataset(), prompt: await single.prompt() };
  }
}

/** The same promise at every call. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => (made ??= make());
}

function onceEach<From, Made>(
  from: readonly From[],
  make: (one: From, index: number) => Promise<Made>,
): () => Promise<readonly Made[]> {
  return once(() => Promise.all(from.map(make)));
}
