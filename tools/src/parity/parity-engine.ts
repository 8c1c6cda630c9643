/** What parity checks ask of an engine, and the engines that can be asked. */
import {
  continueGreedily,
  inspectFeatures,
  inspectGradients,
  inspectGreedy,
  inspectLogits,
  loweringFor,
  GraphEngine,
  parameterArena,
  frozenWeights,
  openTuning,
  OnnxRuntime,
  startBackend,
  startProvider,
  slicesByName,
  TfjsEngine,
} from '@loci/backends/internal';
import type {
  GreedyContinuation,
  LoweringName,
  InspectedFeatures,
  Model,
  ModelWeights,
  OnnxProviderChoice,
  PositionRule,
  StartedProvider,
  TfjsEngineChoice,
  TunedModel,
} from '@loci/backends/internal';
import { LociError } from '@loci/core';
import type {
  EncodedMedia,
  EncodedPrompt,
  ForwardBackwardResult,
  Loss,
  OptimStepParameters,
  OptimStepResult,
  PolicyGroup,
  TrainingGroup,
} from '@loci/core';

/** An engine holding a model, with the insides that are compared. */
export interface ParityEngine {
  /** Library and device, for people to read. */
  readonly description: string;
  /** Vision features in prompt order, row-major. */
  features(media: readonly EncodedMedia[]): Promise<InspectedFeatures>;
  /** Logits at every position of a prompt, row-major. */
  logits(prompt: EncodedPrompt): Promise<Float32Array>;
  logProbs(groups: readonly PolicyGroup[]): Promise<readonly (readonly Float32Array[])[]>;
  /** Most likely continuation of each prompt by the decoding loop, no stop token, with the logits of every step. */
  greedy(prompts: readonly EncodedPrompt[], tokens: number): Promise<readonly GreedyContinuation[]>;
  /** Loss and log-probabilities, with the gradients of this batch alone by parameter name. */
  gradients(
    groups: readonly TrainingGroup[],
    loss: Loss,
  ): Promise<ForwardBackwardResult & { readonly gradients: ReadonlyMap<string, Float32Array> }>;
  /** Applies those gradients. */
  optimStep(parameters: OptimStepParameters): Promise<OptimStepResult>;
  /** The trained weights by parameter name. */
  weights(): Promise<ReadonlyMap<string, Float32Array>>;
  dispose(): Promise<void>;
}

/** How an engine is opened. */
export interface ParityEngineOptions {
  readonly model: Model;
  /** Folder or file with the weights. */
  readonly weights: string;
  /** Folder of an adapter that is trained in their place. */
  readonly adapter?: string;
  readonly positionRule: PositionRule;
}

/** Opens an engine by model and position rule. */
export type OpenParityEngine = (options: ParityEngineOptions) => Promise<ParityEngine>;

/** What an engine is started with. */
type OpenedModel = ModelWeights & { readonly tuned: TunedModel };

const RUN_BYTES = 2 ** 30;
const SESSIONS = 8;

/** The model with its adapter, where it has one. */
async function open({ model, weights, adapter }: ParityEngineOptions): Promise<OpenedModel> {
  const tuned = await openTuning(weights, model, adapter ? { lora: { adapter } } : {});
  const frozen = frozenWeights(weights, parameterArena(tuned));
  return { tuned, trained: tuned.trained, frozen };
}

/** The ONNX engine on a provider, under the lowering for it or another. */
export function onnxParityEngine(
  choice: OnnxProviderChoice,
  lowering: 'auto' | LoweringName,
  threads?: number,
): OpenParityEngine {
  let provider: Promise<StartedProvider> | undefined;
  return async (options) => {
    const { tuned, ...weights } = await open(options);
    const { positionRule } = options;
    const started = await (provider ??= startProvider(choice));
    const runtime = new OnnxRuntime({
      provider: started,
      ...(threads === undefined ? {} : { threads }),
    });
    const engine = await GraphEngine.start(runtime, tuned, weights, {
      lowering: loweringFor(started.name, lowering),
      positionRule,
      maxRunBytes: RUN_BYTES,
      maxSessions: SESSIONS,
    }).catch(async (error: unknown) => {
      await runtime.dispose();
      throw error;
    });
    return {
      description: engine.description,
      features: (media) => inspectFeatures(engine, media),
      logits: (prompt) => inspectLogits(engine, prompt),
      logProbs: async (groups) => (await engine.logProbs(groups, 'current')).logProbs,
      greedy: (prompts, tokens) => inspectGreedy(engine, prompts, tokens),
      gradients: async (groups, loss) => {
        await engine.clearGradients();
        const result = await engine.forwardBackward(groups, loss);
        return { ...result, gradients: await inspectGradients(engine) };
      },
      optimStep: (parameters) => engine.optimStep(parameters),
      weights: async () => slicesByName(await engine.weights(), engine.arena),
      dispose: () => runtime.dispose(),
    };
  };
}

/** The TensorFlow.js engine on a backend, in this thread. */
export function tfjsParityEngine(backend: TfjsEngineChoice, threads?: number): OpenParityEngine {
  return async (options) => {
    const { tuned, ...weights } = await open(options);
    const started = await startBackend(backend, threads);
    const settings = { positionRule: options.positionRule, maxRunBytes: RUN_BYTES };
    const engine = await TfjsEngine.start(started, tuned, weights, settings);
    return {
      description: engine.description,
      features: (media) => engine.features(media),
      logits: (prompt) => engine.logits(prompt),
      logProbs: async (groups) => (await engine.logProbs(groups, 'current')).logProbs,
      greedy: (prompts, tokens) => continueGreedily(engine, prompts, tokens),
      gradients: async (groups, loss) => {
        await engine.clearGradients();
        const result = await engine.forwardBackward(groups, loss);
        return { ...result, gradients: slicesByName(await engine.gradients(), engine.arena) };
      },
      optimStep: (parameters) => engine.optimStep(parameters),
      weights: async () => slicesByName(await engine.weights(), engine.arena),
      dispose: () => engine.dispose(),
    };
  };
}

/** What of an engine can be chosen. */
export interface ParityEngineChoice {
  /** What ONNX Runtime runs on; the CPU when left out. */
  readonly provider?: OnnxProviderChoice | undefined;
  /** How ONNX operations are written. */
  readonly lowering: 'auto' | LoweringName;
  /** What TensorFlow.js runs on. */
  readonly backend: TfjsEngineChoice;
  readonly threads?: number | undefined;
}

/** The opener of an engine by name. @throws LociError `unknown-engine`. */
export function parityEngine(
  name: string,
  { provider = 'cpu', lowering, backend, threads }: ParityEngineChoice,
): OpenParityEngine {
  if (name === 'onnx') return onnxParityEngine(provider, lowering, threads);
  if (name === 'tfjs') return tfjsParityEngine(backend, threads);
  throw new LociError('unknown-engine', `there is no engine "${name}"; known: onnx, tfjs`);
}
