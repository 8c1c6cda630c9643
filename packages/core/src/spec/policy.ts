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
  /** Tokens made between two emissions of the stream. */
  readonly chunkTokens?: number;
}

/** Draw `completionsPerPrompt` completions for each prompt. The same seed gives the same tokens on the same engine. */
export interface SampleRequest {
  readonly prompts: readonly EncodedPrompt[];
  readonly completionsPerPrompt: number;
  readonly sampling: SamplingParameters;
  readonly seed: number;
}

/** What a model behind an interface counted for one completion. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** In the currency of the prices that were configured; absent without prices. */
  readonly cost?: number;
  /** Whether the answer was kept from an earlier request: nothing was sent, nothing was charged. */
  readonly cached: boolean;
}

/** Why a completion ended: an end token was drawn, or the token limit was reached. */
export type FinishReason = 'stop' | 'length';

/** Which completion of a request an event speaks of. */
export interface CompletionAddress {
  readonly prompt: number;
  readonly completion: number;
}

/**
 * Emitted while sampling. `logProbs` are those of the unfiltered distribution at the temperature of the request (at temperature 0
 * they are taken at 1), one per token: what a trainer compares with its own; NaN where the model does not report them. The end
 * token, when one was drawn, is the last of the finished completion.
 */
export type SampleEvent = CompletionAddress & {
  readonly tokenIds: Int32Array;
  readonly logProbs: Float32Array;
} & (
    | { readonly type: 'chunk' }
    | {
        readonly type: 'completion';
        readonly finishReason: FinishReason;
        /** 1 for tokens that are learned from, 0 for others, such as what a tool wrote; absent: all are. */
        readonly mask?: Uint8Array;
        /** Where the model is paid or counted by the token. */
        readonly usage?: TokenUsage;
        /** The end of the text that is the answer, where a server sends thinking apart from it. */
        readonly answer?: string;
      }
  );

/** Completions that share one prompt; the engine computes the prompt and its media once for all of them. */
export interface PolicyGroup {
  readonly prompt: EncodedPrompt;
  /** Token ids of each completion, end token included. */
  readonly completions: readonly Int32Array[];
}

/** Which figures of the distribution at each token are computed, and of which distribution. */
export interface TokenReadout {
  /** Divides the logits before the softmax, as a sampler does; above 0. 1 leaves them. */
  readonly temperature: number;
  /** Whether the entropy over the whole vocabulary is computed as well. */
  readonly entropies: boolean;
}

/** What `logProbs` found. Arrays are `[group][completion][token]`, in nats. */
export interface TokenFigures {
  readonly logProbs: readonly (readonly Float32Array[])[];
  /** `−Σ p log p` over the whole vocabulary; present exactly when the readout asked for it. */
  readonly entropies?: readonly (readonly Float32Array[])[];
}

/** What the loss needs of one completion, each array as long as the completion. */
export interface TokenTargets {
  /** Weight of each token in the sum that is the loss: normalisation and masking are in here. */
  readonly weights: Float32Array;
  /** Weight of the entropy at each token; needed by, and only by, a linear loss with entropies. */
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
 * What is minimised: `Σ weight · tokenLoss`. With `ratio = exp(logp − old)` and `x = reference − logp` (clamped to
 * ±klClamp when that is given), the policy gradient's token loss is
 * `−min(ratio·A, clip(ratio, 1 − clipLow, 1 + clipHigh)·A) + klWeight·(exp(x) − x − 1)`; that of cross-entropy is `−logp`.
 *
 * The linear loss is `Σ weight · logp`, with entropies `Σ weight · logp + Σ entropyWeight · H`. Its gradient is that of any objective
 * whose derivatives by each log-probability and entropy are the weights, so the host can compute those for engines that know
 * nothing of the objective.
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
    }
  | { readonly kind: 'cross-entropy'; readonly temperature?: number }
  | {
      readonly kind: 'linear';
      readonly temperature?: number;
      /** Whether entropies are computed, returned and differentiated. */
      readonly entropies: boolean;
    };

/**
 * What `forwardBackward` found: the loss, and the figures before the update at the temperature of the loss. Entropies are present
 * for a linear loss with entropies. Gradients stay in the engine, added to those already there.
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

/** What an optimiser step did. */
export interface OptimStepResult {
  /** Global norm before clipping. */
  readonly gradNorm: number;
  /** False when the norm was not finite: the weights are then untouched and the gradients dropped. */
  readonly applied: boolean;
}

/** What of an engine moves scores beside the weights, and why it was taken; runs and evaluations record it. */
export interface EngineFacts {
  /** With its version, `onnxruntime-node 1.23.2`. */
  readonly library?: string;
  /** Of the arithmetic, `float32`. */
  readonly precision?: string;
  /** Why it runs on this device, and what keeps faster ones away, for people to read. */
  readonly choice?: string;
}

/** What an engine can do; asked before a run starts, so that a run fails at the start and not in the middle. */
export interface PolicyCapabilities {
  readonly trainable: boolean;
  /** Emits chunks before a completion is finished. */
  readonly streaming: boolean;
  readonly media: readonly ('video' | 'image')[];
  readonly losses: readonly Loss['kind'][];
  /** Whether it computes entropies: in `logProbs`, and in the linear loss where it offers that. */
  readonly entropies: boolean;
  /** Prompt and completion together. */
  readonly maxTokens: number;
  /** Engine, device and thread count in a few words, for people to read: `ONNX Runtime on CPU, 2 threads`. */
  readonly description: string;
  /** Absent where a policy cannot know, as of a model behind a server. */
  readonly engine?: EngineFacts;
  /** Prompts that are best asked at once, each by a `sample` of its own; absent where one request takes a batch. */
  readonly concurrentSamples?: number;
}

/** What is saved beside the weights. */
export interface SaveOptions {
  /** Also write the optimiser's moments, so that training can go on. */
  readonly optimizer: boolean;
}

/**
 * A model that can be sampled and trained. The four verbs (`sample`, `logProbs`, `forwardBackward`, `optimStep`) are those of
 * remote training services too. Only host typed arrays cross this interface, never an engine's tensor. Input that no model could
 * take is a LociError before anything is computed (`checkRequest`, `checkGroups`, `checkReadout`, `checkTrainingGroups`).
 * `describePolicyContract` of `@loci/core/testing` holds an implementation to all this.
 */
export interface Policy {
  readonly capabilities: PolicyCapabilities;
  readonly processor: Processor;
  /** Of a policy that is paid by the token; absent of one on this machine. */
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
  /** Writes the current weights in Hugging Face layout, those of an adapter in PEFT's. The folder appears whole or not at all. */
  save(directory: string, options: SaveOptions): Promise<void>;
  /** Reads what `save` wrote; accumulated gradients go, and moments where it wrote none. The frozen start weights stay. */
  load(directory: string): Promise<void>;
  /** Ends streams and refuses all further work; a second time it does nothing. */
  dispose(): Promise<void>;
}
