/** Lists sizes of Qwen2.5-VL for measurements: in one proportion, from twenty-five million to a billion parameters. */
import type { FreshSizes } from '../spec/sizes.ts';

/** Width of a head, as in every published size. */
const HEAD = 128;
/** Width of a head of the tower, as published. */
const VISION_HEAD = 80;

function sizesOf(
  [hiddenSize, layers, intermediateSize]: readonly [number, number, number],
  [width, depth, inner]: readonly [number, number, number],
): FreshSizes {
  const heads = Math.max(2, hiddenSize / HEAD);
  return {
    text: {
      hiddenSize,
      layers,
      heads,
      kvHeads: heads % 6 === 0 ? heads / 6 : heads % 2 === 0 ? heads / 2 : 1,
      headDim: hiddenSize / heads,
      intermediateSize,
      ropeTheta: 1e6,
      tieWordEmbeddings: true,
      maxPositions: 32_768,
    },
    vision: { depth, hiddenSize: width, intermediateSize: inner, heads: width / VISION_HEAD },
    visionConfig: { fullatt_block_indexes: [depth / 2 - 1, depth - 1] },
  };
}

/** By the number of parameters, roughly. */
export const QWEN25_SIZES: Readonly<Record<string, FreshSizes>> = {
  '25m': sizesOf([128, 8, 512], [160, 8, 432]),
  '100m': sizesOf([384, 12, 1536], [320, 12, 864]),
  '300m': sizesOf([768, 16, 3072], [480, 14, 1296]),
  '1b': sizesOf([1536, 20, 6144], [640, 16, 1728]),
};
