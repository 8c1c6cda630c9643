/** Writes a tiny model for rehearsals and tests, with random weights and the words of given texts. */
import { architectureNamed, buildWordTokenizer, writeFreshModel } from '@loci/backends';
import { withFrameLimits } from '@loci/media';

/** Options of a tiny model. */
export interface TinyModelOptions {
  readonly seed: number;
  /** Texts with the words of the tokenizer; other words are split into letters. */
  readonly texts: readonly string[];
  /** Most tokens of prompt and completion together; 2048 when absent. */
  readonly maxTokens?: number;
  /** `qwen2-5-vl` when absent. */
  readonly architecture?: string;
}

/** Writes the folder; the same options give the same bytes. */
export async function writeTinyModel(
  directory: string,
  { seed, texts, maxTokens = 2048, architecture = 'qwen2-5-vl' }: TinyModelOptions,
): Promise<void> {
  await writeFreshModel(directory, {
    architecture: architectureNamed(architecture),
    sizes: {
      text: {
        hiddenSize: 32,
        layers: 2,
        heads: 2,
        kvHeads: 1,
        headDim: 16,
        intermediateSize: 48,
        ropeTheta: 10_000,
        tieWordEmbeddings: true,
        maxPositions: maxTokens,
      },
      vision: { depth: 1, hiddenSize: 16, intermediateSize: 24, heads: 2 },
    },
    tokenizer: buildWordTokenizer({ texts }),
    frames: ({ prompts, vision }) => {
      const token = (vision.patchSize * vision.mergeSize) ** 2;
      const { fps, minFrames } = prompts.defaultFrames.video;
      const rate = { fps, minFrames, maxFrames: 4 };
      return withFrameLimits(
        prompts.defaultFrames,
        { minPixels: token, maxPixels: 6 * token },
        rate,
      );
    },
    seed,
  });
}
