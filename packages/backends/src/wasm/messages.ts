/** What the main thread and the decoding workers say to each other. Plain data; addresses are bytes of the shared memory. */
import type { CompiledModule, SharedMemory } from './emit/web-assembly.ts';

/**
 * One call of a kernel on the tape. `x`, `y` and the like are places of values: numbers a row, from the start of a worker's
 * scratch; `weight`, `bias` and `table` are addresses.
 */
export type TapeStep =
  /** Rows of the embedding table for the tokens at hand. */
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
      /** Rows of the product a row of tokens. */
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
  /** Where the logits are in the end: a place, as in `TapeStep`. */
  readonly logits: number;
  /** Scratch that a row of tokens takes, in numbers. */
  readonly rowSize: number;
}

/** Sizes of the attention. */
export interface AttentionSizes {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly layers: number;
}

/** What a worker is started with. */
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

/** Where everything of a generation lies, in bytes. */
export interface GenerationPlaces {
  /** Zeros, as many as any kernel reads. */
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
  /** `[rows, vocabulary]` bytes, 1 for tokens of the context; absent when repetition is not penalised. */
  readonly seen?: number;
  /** Logits that tokens were drawn from, `[steps, rows, vocabulary]`; absent when nobody asks. */
  readonly stepLogits?: number;
  /** Scratch of each worker. */
  readonly scratch: readonly WorkerScratch[];
}

/** Memory of one worker. */
export interface WorkerScratch {
  /** Values of the tape: those at place `p` begin `p · rows` numbers in. */
  readonly values: number;
  readonly queries: number;
  readonly scores: number;
  readonly attended: number;
  /** What draws work in. */
  readonly draw: number;
}

/** A generation, as workers know it. */
export interface WorkerGeneration {
  readonly id: number;
  readonly places: GenerationPlaces;
  /** Rows that a worker has scratch for. */
  readonly mostRows: number;
  readonly rows: number;
  readonly completions: number;
  /** Tokens of each prompt; keys behind them are padding. */
  readonly promptTokens: readonly number[];
  readonly promptLength: number;
  readonly maxNewTokens: number;
  readonly draw: DrawSettings;
}

/** What a worker is asked. */
export type DecodeRequest =
  | { readonly kind: 'begin'; readonly generation: WorkerGeneration }
  | {
      readonly kind: 'decode';
      readonly generation: number;
      /** Rows to work on, those of a group side by side. */
      readonly rows: readonly number[];
      /** Tokens that the rows have. */
      readonly made: number;
      /** Step of the chunk to begin with, and how many to make. */
      readonly from: number;
      readonly steps: number;
    }
  | { readonly kind: 'end'; readonly generation: number };

/** The worker's reply to a request; the value of `decode` is the number of steps that some row made. */
export type DecodeReply =
  | { readonly id: number; readonly value?: unknown; readonly error?: undefined }
  | { readonly id: number; readonly error: string; readonly value?: undefined };
