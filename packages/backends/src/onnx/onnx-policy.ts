/** Opens a policy on ONNX Runtime from a model folder. */
import { frozenWeights } from '../weights/model-weights.ts';
import { EnginePolicy } from '../engine/engine-policy.ts';
import { openModel } from '../engine/open-model.ts';
import type { ModelSettings } from '../engine/open-model.ts';
import { parameterArena } from '../weights/parameter-arena.ts';
import type { DecoderChoice } from '../graph/decode/choose-decoder.ts';
import { graphGenerator } from '../graph/decode/generator.ts';
import type { LoweringName } from '../graph/lower/kernels.ts';
import { GraphEngine } from '../graph/engine/graph-engine.ts';
import { ONE_LANE } from '../graph/engine/lanes.ts';
import type { LaneChoice } from '../graph/engine/lanes.ts';
import type { TunedModel } from '../models/spec/model.ts';
import { everyParameter } from '../models/tuned-model.ts';
import { OnnxRuntime } from './onnx-runtime.ts';
import type { OnnxRuntimeSettings } from './onnx-runtime.ts';
import type { NoteSettings } from '../graph/engine/runtime-messages.ts';
import type { OnnxProviderChoice } from './start/provider.ts';
import { PACKAGE, findOnnxRuntime } from './start/onnxruntime.mjs';
import { loweringFor, requireLanes, startProvider } from './start/start-provider.ts';

/** The settings of a policy; all but the model have defaults. */
export interface OnnxPolicySettings extends ModelSettings {
  /** Execution provider; `auto` takes the fastest available. Default: `auto`. */
  readonly provider?: OnnxProviderChoice | undefined;
  /** Threads spin while they wait for work, rather than sleep. Default: false. */
  readonly spin?: boolean | undefined;
  /** `auto` takes `fused` on the CPU and `plain` elsewhere. Default: `auto`. */
  readonly lowering?: 'auto' | LoweringName | undefined;
  /** The decoder; `auto` takes the WebAssembly kernels for small models and batches. Default: `onnx`. */
  readonly decoder?: DecoderChoice | undefined;
  /** Recompute the inside of layers for their gradients rather than keep it. Default: false. */
  readonly recompute?: boolean | undefined;
  /** The most compiled graphs to cache; together they take at most four times the memory of the largest run. Default: 24. */
  readonly maxSessions?: number | undefined;
  /**
   * Parallel runs of a batch, each with its share of the threads and a copy of the weights. Default: 2 on the CPU with at least two threads
   * for models of at most 16 MiB, else 1, the only choice on a GPU.
   */
  readonly lanes?: number | undefined;
  /** If given, the engine's worker records notes of its work, for measurements. */
  readonly notes?: NoteSettings | undefined;
}

/**
 * The largest models, by their weights, for which lanes pay off. With two lanes, reference and gradients take three quarters of the time
 * for a model of 1.1 million parameters, but the same time for one of 8 million, whose products keep two threads busy.
 */
const MOST_LANE_BYTES = 16 * 2 ** 20;

/** The lanes of an engine by its settings. @param threads of its runtime. */
function lanesOf(
  lanes: number | undefined,
  { provider, threads }: Pick<OnnxRuntime, 'provider' | 'threads'>,
  tuned: TunedModel,
  settings: OnnxRuntimeSettings,
): LaneChoice {
  const isSmall = 4 * parameterCount(tuned) <= MOST_LANE_BYTES;
  const count = lanes ?? (provider.name === 'cpu' && isSmall ? Math.min(2, threads) : 1);
  if (count === 1) return ONE_LANE;
  const own = Math.max(1, Math.floor(threads / count));
  return { count, threads: own, open: () => new OnnxRuntime({ ...settings, threads: own }) };
}

/** Weights of a model, trained or not. */
function parameterCount(tuned: TunedModel): number {
  return everyParameter(tuned).reduce(
    (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  );
}

/** A policy whose model runs on ONNX Runtime; `openOnnxPolicy` makes one of a model folder. */
export class OnnxPolicy extends EnginePolicy<GraphEngine> {}

/**
 * Starts provider and worker, reads config, weights and processor.
 *
 * @throws LociError `engine-unavailable`, `model-config`, `checkpoint-unreadable`, `checkpoint-mismatch` and those of the processor.
 */
export async function openOnnxPolicy(settings: OnnxPolicySettings): Promise<OnnxPolicy> {
  const { provider: choice = 'auto', lowering = 'auto', maxSessions = 24 } = settings;
  const { threads, spin = false, decoder = 'onnx', notes } = settings;
  // Before reading the model, which takes long: a missing engine should fail first.
  const provider = await startProvider(choice);
  const engineLowering = loweringFor(provider.name, lowering);
  requireLanes(provider.name, settings.lanes);
  const opened = await openModel(settings);
  const { tuned, processor, trained, store, positionRule, maxTokens, maxRunBytes } = opened;
  const frozen = frozenWeights(settings.model, parameterArena(tuned));
  const started = { provider, spin, ...(notes && { notes }) };
  const runtime = new OnnxRuntime({ ...started, ...(threads === undefined ? {} : { threads }) });
  try {
    const engine = await GraphEngine.start(
      runtime,
      tuned,
      { trained, frozen },
      {
        lowering: engineLowering,
        positionRule,
        maxRunBytes,
        maxSessions,
        recompute: settings.recompute,
      },
      lanesOf(settings.lanes, runtime, tuned, started),
    );
    // The kernels of a GPU are much faster than ours on the CPU.
    const onGpu = provider.name !== 'cpu' && decoder === 'auto';
    const generator = graphGenerator(engine, {
      decoder: onGpu ? 'onnx' : decoder,
      threads: runtime.threads,
    });
    const library = `${PACKAGE} ${findOnnxRuntime()?.version}`;
    return new OnnxPolicy({ engine, generator, processor, store, maxTokens, library });
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}
