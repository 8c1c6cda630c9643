/** A Qwen2.5-VL small enough to rehearse with: random weights, nothing learned, and the tokens of the texts it is to read. */
import { buildWordTokenizer, writeFreshModel } from '@loci/backends';
import { DEFAULT_FRAME_SETTINGS } from '@loci/media';

/** What may differ between tiny models. */
export interface TinyModelOptions {
  readonly seed: number;
  /** Words outside these are spelled letter by letter. */
  readonly texts: readonly string[];
  /** Longest prompt and completion together; 2048 when left out. */
  readonly maxTokens?: number;
}

/** Writes the folder; the same options give the same bytes. */
export async function writeTinyModel(
  directory: string,
  { seed, texts, maxTokens = 2048 }: TinyModelOptions,
): Promise<void> {
  await writeFreshModel(directory, {
    text: {
      hiddenSize: 32,
      layers: 2,
      heads: 2,
      kvHeads: 1,
      headDim: 16,
      intermediateSize: 48,
      rmsNormEps: 1e-6,
      ropeTheta: 10_000,
      mropeSection: [2, 3, 3],
      tieWordEmbeddings: true,
      maxPositionEmbeddings: maxTokens,
    },
    vision: {
      depth: 1,
      hiddenSize: 16,
      intermediateSize: 24,
      heads: 2,
      inChannels: 3,
      outHiddenSize: 32,
      patchSize: 14,
      spatialMergeSize: 2,
      temporalPatchSize: 2,
      windowSize: 56,
      fullAttentionBlocks: [0],
      tokensPerSecond: 2,
    },
    tokenizer: buildWordTokenizer({ texts }),
    frames: {
      ...DEFAULT_FRAME_SETTINGS,
      video: {
        ...DEFAULT_FRAME_SETTINGS.video,
        minPixels: 28 * 28,
        maxPixels: 56 * 84,
        maxFrames: 4,
      },
    },
    seed,
  });
}
