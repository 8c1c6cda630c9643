/** Defines the sizes of a model that engines, caches, samplers and tools need, for every architecture. */

/** The decoder. */
export interface DecoderSizes {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values, each shared by `heads / kvHeads` query heads. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabularySize: number;
  /** Longest context, prompt and completion together, in tokens. */
  readonly maxPositions: number;
}

/** The vision tower. */
export interface VisionSizes {
  readonly depth: number;
  readonly channels: number;
  /** Pixels along a side of a patch. */
  readonly patchSize: number;
  /** Patches along a side of the square that becomes one token. */
  readonly mergeSize: number;
  /** Frames in a patch. */
  readonly temporalPatchSize: number;
  /** Feature levels that deeper layers of the decoder get beside the features themselves; 0 for most architectures. */
  readonly levels: number;
}

/** Values of a patch. */
export function patchValues({
  channels,
  temporalPatchSize,
  patchSize,
}: Pick<VisionSizes, 'channels' | 'temporalPatchSize' | 'patchSize'>): number {
  return channels * temporalPatchSize * patchSize ** 2;
}

/** Tokens that a medium of a grid `[time, height, width]` in patches takes in a prompt. */
export function mergedTokens(grid: readonly [number, number, number], mergeSize: number): number {
  return (grid[0] * grid[1] * grid[2]) / mergeSize ** 2;
}

/** Sizes of a new model. Its architecture chooses the others. */
export interface FreshSizes {
  readonly text: {
    readonly hiddenSize: number;
    readonly layers: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly headDim: number;
    readonly intermediateSize: number;
    readonly ropeTheta: number;
    readonly tieWordEmbeddings: boolean;
    readonly maxPositions: number;
  };
  readonly vision: {
    readonly depth: number;
    readonly hiddenSize: number;
    readonly intermediateSize: number;
    readonly heads: number;
  };
  /** Keys of `vision_config` in `config.json` that replace those of the architecture. */
  readonly visionConfig?: Readonly<Record<string, unknown>>;
}
