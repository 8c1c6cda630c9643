/** The parts of a run by name, each created on first use and then shared. */
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

/** A part that the run itself creates: all but the trainer, which gets the run. */
type MadePart = Exclude<PartKey, 'trainer'>;

/** Names of the parts that a run creates on first use. */
export const MADE_PARTS: readonly MadePart[] = PART_KEYS.filter((key) => key !== 'trainer');

/** Requesting the policy loads the model; requesting the dataset may generate it. A failed creation fails at each later request too. */
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

/** Parts that prepared plugins create on first use. Sinks are added to the request's closers. */
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

  /** A mixed dataset gets its datasets. */
  async function datasetContext(): Promise<PluginContext> {
    if (prepared.mixed.length === 0) return context;
    return {
      ...context,
      mixed: await Promise.all(prepared.mixed.map(({ make }) => make(context))),
    };
  }

  /** Benchmarks may use the run's dataset and prompt. */
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
