import type { Observable } from 'rxjs';
import type { EncodedPrompt, Processor } from './prompt.ts';
import type { PolicySpending } from './spending.ts';

/** How tokens are drawn. Temperature 0 is greedy. Filters apply in this order: repetition penalty, temperature, top-k, top-p. */
export interface SamplingParameters {
  readonly temperature: number;
  /** Keep the smallest set of tokens whose probability reaches this; 1 keeps all. */
  readonly topP: number;
  /** Keep this many most likely tokens; 0 keeps all. */
  readonly topK: number;
  /** 1 changes nothing. */
  readonly repetitionPenalty: number;
  readonly maxNewTokens: number;
  /** Tokens between two emissions of the stream. */
  readonly chunkTokens?: number;
}

/** Draw `completionsPerPrompt` completions for each prompt. The same seed gives the same tokens on the same engine. */
export interface SampleRequest {
  readonly prompts: readonly EncodedPrompt[];
  readonly completionsPerPrompt: number;
  readonly sampling: SamplingParameters;
  readonly seed: number;
}

/** Tokens and cost of one completion of a model behind a server. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** In the currency of the configured prices; absent without prices. */
  readonly cost?: number;
  /** Whether the answer came from a cache, without a request and without cost. */
  readonly cached: boolean;
}

/** Why a completion ended: an end token was drawn, or the token limit was reached. */
export type FinishReason = 'stop' | 'length';

/** The completion of a request that an event belongs to. */
export interface CompletionAddress {
  readonly prompt: number;
  readonly completion: number;
}

/**
 * Emitted while sampling. `logProbs` has one entry for each token, of the unfiltered distribution at the temperature of the request (at
 * temperature 0 they are taken at 1); a trainer compares them with its own. They are NaN when the model does not report them. The end token,
 * when one was drawn, is the last of the finished completion.
 */
export type SampleEvent = CompletionAddress & {
  readonly tokenIds: Int32Array;
  readonly logProbs: Float32Array;
} & (
    | { readonly type: 'chunk' }
    | {
        readonly type: 'completion';
        readonly finishReason: FinishReason;
        /** 1 for tokens that are learned from, 0 for others, such as tool output; absent: all are. */
        readonly mask?: Uint8Array;
        /** Of a model whose server counts tokens. */
        readonly usage?: TokenUsage;
        /** The answer at the end of the text, when a server sends the thinking separately. */
        readonly answer?: string;
      }
  );

/** Completions that share one prompt; the engine computes the prompt and its media once for all of them. */
export interface PolicyGroup {
  readonly prompt: EncodedPrompt;
  /** Token ids of each completion, end token included. */
  readonly completions: readonly Int32Array[];
}

/** Selects the figures that are computed at each token, and the distribution that they are taken from. */
export interface TokenReadout {
  /** Divides the logits before the softmax, as in a sampler; above 0. */
  readonly temperature: number;
  /** Whether to compute the entropy over the whole vocabulary too. */
  readonly entropies: boolean;
}

/** The result of `logProbs`. Arrays are `[group][completion][token]`, in nats. */
export interface TokenFigures {
  readonly logProbs: readonly (readonly Float32Array[])[];
  /** `−Σ p log p` over the whole vocabulary; present exactly when the readout selects it. */
  readonly entropies?: readonly (readonly Float32Array[])[];
}

/** The targets of one completion for the loss, each array as long as the completion. */
export interface TokenTargets {
  /** Weight of each token in the loss; it contains aggregation and masking. */
  readonly weights: Float32Array;
  /** Weight of the entropy at each token; needed by, and only by, a loss with entropies. */
  readonly entropyWeights?: Float32Array;
  readonly advantages?: Float32Array;
  /** Log-probabilities under the policy that drew the tokens; absent means the current ones, without gradient. */
  readonly oldLogProbs?: Float32Array;
  /** Log-probabilities under the frozen start model; needed when the KL weight is not 0. */
  readonly referenceLogProbs?: Float32Array;
}

/** A group with its targets, one per completion. */
export interface TrainingGroup extends PolicyGroup {
  readonly targets: readonly TokenTargets[];
}

/**
 * The loss is `Σ weight · tokenLoss`. With `ratio = exp(logp − old)` and `x = reference − logp` (clamped to ±klClamp when that is given),
 * the token loss of the policy gradient is `−min(ratio·A, clip(ratio, 1 − clipLow, 1 + clipHigh)·A) + klWeight·(exp(x) − x − 1)`, and that
 * of cross-entropy is `−logp`.
 *
 * The linear loss is `Σ weight · logp`. It has the gradient of any objective whose derivatives by each log-probability and entropy are the
 * weights. So the host computes these for engines that do not have the objective.
 *
 * The policy gradient and the linear loss with entropies add `Σ entropyWeight · H`.
 *
 * Log-probabilities and entropies are those at `temperature`, which divides the logits; absent: 1.
 */
export type Loss =
  | {
      readonly kind: 'policy-gradient';
      readonly temperature?: number;
      readonly clipLow: number;
      readonly clipHigh: number;
      readonly klWeight: number;
      readonly klClamp?: number;
      /** Whether entropies are computed, returned and differentiated; absent: not. */
      readonly entropies?: boolean;
    }
  | { readonly kind: 'cross-entropy'; readonly temperature?: number }
  | {
      readonly kind: 'linear';
      readonly temperature?: number;
      /** Whether entropies are computed, returned and differentiated. */
      readonly entropies: boolean;
    };

/**
 * The result of `forwardBackward`: the loss, and the figures before the update at the temperature of the loss. Entropies are present for a
 * loss with entropies. Gradients stay in the engine, which accumulates them.
 */
export interface ForwardBackwardResult extends TokenFigures {
  readonly loss: number;
}

/** AdamW with decoupled weight decay and clipping by global norm. */
export interface OptimStepParameters {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Global norm above which gradients are scaled down; 0 switches clipping off. */
  readonly maxGradNorm: number;
}

/** The result of an optimizer step. */
export interface OptimStepResult {
  /** Global norm before clipping. */
  readonly gradNorm: number;
  /** False when the norm was not finite: the weights are then untouched and the gradients dropped. */
  readonly applied: boolean;
}

/** Facts of an engine that affect scores, and why it was chosen; runs and evaluations record them. */
export interface EngineFacts {
  /** With its version, `onnxruntime-node 1.23.2`. */
  readonly library?: string;
  /** Of the arithmetic, `float32`. */
  readonly precision?: string;
  /** Why it runs on this device and not on a faster one, for people. */
  readonly choice?: string;
}

/** The capabilities of an engine. They are checked before a run starts, so that it does not fail later. */
export interface PolicyCapabilities {
  readonly trainable: boolean;
  /** Emits chunks before a completion is finished. */
  readonly streaming: boolean;
  readonly media: readonly ('video' | 'image')[];
  readonly losses: readonly Loss['kind'][];
  /** Whether it computes entropies, in `logProbs` and in the losses that weigh them. */
  readonly entropies: boolean;
  /** Prompt and completion together. */
  readonly maxTokens: number;
  /** Engine, device and thread count in a few words, for people: `ONNX Runtime on CPU, 2 threads`. */
  readonly description: string;
  /** Absent when unknown, as for a model behind a server. */
  readonly engine?: EngineFacts;
  /** Best number of concurrent prompts, each with its own `sample`; absent when one request takes a batch. */
  readonly concurrentSamples?: number;
}

/** Options of `save`. */
export interface SaveOptions {
  /** Whether to write the optimizer's moments too, so that training can resume. */
  readonly optimizer: boolean;
}

/**
 * A model that can be sampled and trained. Remote training services have the same four verbs (`sample`, `logProbs`, `forwardBackward`,
 * `optimStep`). Only host typed arrays cross this interface, never an engine's tensor. Invalid input is a LociError before any computation
 * (`checkRequest`, `checkGroups`, `checkReadout`, `checkTrainingGroups`). `describePolicyContract` of `@loci/core/testing` checks an
 * implementation against all this.
 */
export interface Policy {
  readonly capabilities: PolicyCapabilities;
  readonly processor: Processor;
  /** Of a policy that costs money for each token; absent for a local one. */
  readonly spending?: PolicySpending;
  /** Emits chunks and finished completions, then completes. Unsubscribing stops the work. */
  sample(request: SampleRequest): Observable<SampleEvent>;
  /**
   * Log-probabilities of the tokens of completions, under the current or the frozen start weights.
   *
   * @param readout Default: temperature 1, no entropies.
   */
  logProbs(
    groups: readonly PolicyGroup[],
    weights: 'current' | 'start',
    readout?: Partial<TokenReadout>,
  ): Promise<TokenFigures>;
  /** Adds the gradients of one batch to those accumulated since the last `optimStep`. */
  forwardBackward(groups: readonly TrainingGroup[], loss: Loss): Promise<ForwardBackwardResult>;
  /** Applies the accumulated gradients and clears them. */
  optimStep(parameters: OptimStepParameters): Promise<OptimStepResult>;
  /** Writes the current weights in Hugging Face layout, or an adapter in PEFT layout. The folder is written completely or not at all. */
  save(directory: string, options: SaveOptions): Promise<void>;
  /** Loads a folder of `save`. Accumulated gradients are dropped, and so are moments when the folder has none. The frozen start weights stay. */
  load(directory: string): Promise<void>;
  /** Ends streams; all further calls fail. A second call does nothing. */
  dispose(): Promise<void>;
}
