/** A model folder small enough to train in a test: random weights, nothing learned. */
import { DEFAULT_FRAME_SETTINGS, buildWordTokenizer, writeFreshModel } from '@loci/backends';

const WORDS = ['How many chairs are in the room? Draw the map first, then answer with a number.'];

/** Writes the folder; the same seed gives the same bytes. */
export async function writeTinyModel(directory: string, seed: number): Promise<void> {
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
      maxPositionEmbeddings: 2048,
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
    tokenizer: buildWordTokenizer({ texts: WORDS }),
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
