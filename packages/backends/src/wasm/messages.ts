/** Defines the messages between the main thread and the decoding workers. Plain data; addresses are bytes of the shared memory. */
import type { CompiledModule, SharedMemory } from './emit/web-assembly.ts';

/**
 * One call of a kernel on the tape. `x`, `y` and the like are places of values: offsets in numbers per row, from the start of a worker's
 * scratch; `weight`, `bias` and `table` are addresses.
 */
export type TapeStep =
  /** Rows of the embedding table for the current tokens. */
  | { readonly kind: 'embed'; readonly table: number; readonly y: number; readonly width: number }
  | {
      readonly kind: 'linear';
      readonly x: number;
      readonly weight: number;
      /** Absent: zeros. */
      readonly bias?: number;
      readonly y: number;
      readonly inputs: number;
      readonly outputs: number;
      /** Rows of the product for each row of tokens. */
      readonly times: number;
    }
  | {
      readonly kind: 'norm';
      readonly x: number;
      readonly weight: number;
      readonly y: number;
      readonly width: number;
      readonly times: number;
      readonly epsilon: number;
    }
  | {
      readonly kind: 'rotate';
      readonly x: number;
      readonly y: number;
      readonly heads: number;
      readonly half: number;
    }
  | {
      readonly kind: 'add' | 'multiply' | 'swiglu';
      readonly a: number;
      readonly b: number;
      readonly y: number;
      readonly width: number;
    }
  | {
      readonly kind: 'scale';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly factor: number;
    }
  | {
      readonly kind: 'attend';
      readonly query: number;
      readonly key: number;
      readonly value: number;
      readonly y: number;
      readonly layer: number;
    };

/** A model's step, ready to run. */
export interface PlacedTape {
  readonly steps: readonly TapeStep[];
  /** Final place of the logits, as in `TapeStep`. */
  readonly logits: number;
  /** Scratch for each row of tokens, in numbers. */
  readonly rowSize: number;
}

/** Sizes of the attention. */
export interface AttentionSizes {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly layers: number;
}

/** The start settings of a worker. */
export interface DecodeWorkerSettings {
  readonly memory: SharedMemory;
  readonly module: CompiledModule;
  readonly tape: PlacedTape;
  readonly attention: AttentionSizes;
  readonly vocabulary: number;
}

/** How tokens are drawn. */
export interface DrawSettings {
  /** 0: the most likely token. */
  readonly temperature: number;
  readonly topP: number;
  /** 0 keeps every token. */
  readonly topK: number;
  readonly repetitionPenalty: number;
  readonly stopTokenIds: readonly number[];
}

/** Addresses of a generation, in bytes. */
export interface GenerationPlaces {
  /** Zeros, the most that any kernel reads. */
  readonly zeros: number;
  /** Of the prompts, by layer: keys and values, `[groups · kvHeads, promptLength, headDim]` each. */
  readonly prompt: readonly { readonly key: number; readonly value: number }[];
  /** Keys and values of the completions, `[rows, layers, 2, kvHeads, maxNewTokens, headDim]`. */
  readonly own: number;
  /** Logits that the next tokens are drawn from, `[rows, padded vocabulary]`. */
  readonly logits: number;
  /** Rotary tables of the chunk, `[steps, groups, headDim / 2]`. */
  readonly cos: number;
  readonly sin: number;
  /** `[steps, rows]`, as are tokens and log-probabilities of the chunk. */
  readonly uniforms: number;
  readonly tokens: number;
  readonly logProbs: number;
  /** `[rows, vocabulary]` bytes, 1 for tokens of the context; absent without a repetition penalty. */
  readonly seen?: number;
  /** Logits that tokens were drawn from, `[steps, rows, vocabulary]`; absent when not requested. */
  readonly stepLogits?: number;
  /** How many shares of the running request are taken, an int32 that the workers count up. */
  readonly taken: number;
  /** Scratch of each worker. */
  readonly scratch: readonly WorkerScratch[];
}

/** Memory of one worker. */
export interface WorkerScratch {
  /** Values of the tape: those at place `p` begin at number `p · rows`. */
  readonly values: number;
  readonly queries: number;
  readonly scores: number;
  readonly attended: number;
  /** Scratch of draws. */
  readonly draw: number;
}

/** A generation in the form for workers. */
export interface WorkerGeneration {
  readonly id: number;
  readonly places: GenerationPlaces;
  /** The most rows in a worker's scratch. */
  readonly mostRows: number;
  readonly rows: number;
  readonly completions: number;
  /** Tokens of each prompt; keys behind them are padding. */
  readonly promptTokens: readonly number[];
  readonly promptLength: number;
  readonly maxNewTokens: number;
  readonly draw: DrawSettings;
}

/** A request to a worker. */
export type DecodeRequest =
  | { readonly kind: 'begin'; readonly generation: WorkerGeneration }
  | {
      readonly kind: 'decode';
      readonly generation: number;
      /** Shares of the rows, each with those of a group side by side. A worker that is free takes the next one. */
      readonly shares: readonly (readonly number[])[];
      /** Tokens that the rows have. */
      readonly made: number;
      /** First step of the chunk, and the number of steps. */
      readonly from: number;
      readonly steps: number;
    }
  | { readonly kind: 'end'; readonly generation: number };

/** The worker's reply to a request; the value of `decode` is the most steps of any row. */
export type DecodeReply =
  | { readonly id: number; readonly value?: unknown; readonly error?: undefined }
  | { readonly id: number; readonly error: string; readonly value?: undefined };
