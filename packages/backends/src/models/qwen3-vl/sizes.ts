/** Lists sizes of Qwen3-VL for measurements: small ones in proportion, and those of the published models. */
import type { FreshSizes } from '../spec/sizes.ts';

function sizesOf(
  text: readonly [hidden: number, layers: number, heads: number, kvHeads: number, inner: number],
  vision: readonly [hidden: number, depth: number, heads: number, inner: number],
  isHeadTied = true,
): FreshSizes {
  const [hiddenSize, layers, heads, kvHeads, intermediateSize] = text;
  const [width, depth, visionHeads, inner] = vision;
  return {
    text: {
      hiddenSize,
      layers,
      heads,
      kvHeads,
      headDim: 128,
      intermediateSize,
      ropeTheta: 5e6,
      tieWordEmbeddings: isHeadTied,
      maxPositions: 262_144,
    },
    vision: { depth, hiddenSize: width, intermediateSize: inner, heads: visionHeads },
  };
}

/** By the number of parameters, roughly; those named `like` have the published shapes. */
export const QWEN3_SIZES: Readonly<Record<string, FreshSizes>> = {
  '100m': sizesOf([384, 12, 4, 2, 1536], [256, 12, 4, 1024]),
  '300m': sizesOf([768, 16, 8, 4, 3072], [384, 14, 6, 1536]),
  '1b': sizesOf([1536, 20, 12, 4, 4608], [768, 18, 12, 3072]),
  '2b-like': sizesOf([2048, 28, 16, 8, 6144], [1024, 24, 16, 4096]),
  '4b-like': sizesOf([2560, 36, 32, 8, 9728], [1024, 24, 16, 4096]),
  '8b-like': {
    ...sizesOf([4096, 36, 32, 8, 12288], [1152, 27, 16, 4304], false),
    visionConfig: { deepstack_visual_indexes: [8, 16, 24] },
  },
};
