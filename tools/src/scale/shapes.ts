/** Models of different sizes and one proportion, from twenty-five million to a billion parameters. */
import type { ModelConfig } from '@loci/backends/internal';

/** Names of the sizes. */
export const SCALE_SIZES = ['25m', '100m', '300m', '1b'] as const;

/** Name of a size: parameters, roughly. */
export type ScaleSize = (typeof SCALE_SIZES)[number];

interface Widths {
  readonly hidden: number;
  readonly layers: number;
  readonly inner: number;
  readonly visionHidden: number;
  readonly visionInner: number;
  readonly depth: number;
}

const WIDTHS: Readonly<Record<ScaleSize, Widths>> = {
  '25m': { hidden: 128, layers: 8, inner: 512, visionHidden: 160, visionInner: 432, depth: 8 },
  '100m': { hidden: 384, layers: 12, inner: 1536, visionHidden: 320, visionInner: 864, depth: 12 },
  '300m': { hidden: 768, layers: 16, inner: 3072, visionHidden: 480, visionInner: 1296, depth: 14 },
  '1b': { hidden: 1536, layers: 20, inner: 6144, visionHidden: 640, visionInner: 1728, depth: 16 },
};

/** Width of a head, as in every published size. */
const HEAD = 128;
/** Width of a head of the tower, as published. */
const VISION_HEAD = 80;

/** A config with the vocabulary, the special tokens and the patch sizes of the published models. */
export function scaleConfig(size: ScaleSize): ModelConfig {
  const { hidden, layers, inner, visionHidden, visionInner, depth } = WIDTHS[size];
  const heads = Math.max(2, hidden / HEAD);
  const headDim = hidden / heads;
  const side = (3 * headDim) / 16;
  return {
    text: {
      hiddenSize: hidden,
      layers,
      heads,
      kvHeads: heads % 6 === 0 ? heads / 6 : heads % 2 === 0 ? heads / 2 : 1,
      headDim,
      intermediateSize: inner,
      vocabularySize: 151_936,
      rmsNormEps: 1e-6,
      ropeTheta: 1e6,
      mropeSection: [headDim / 2 - 2 * side, side, side],
      tieWordEmbeddings: true,
      maxPositionEmbeddings: 32_768,
    },
    vision: {
      depth,
      hiddenSize: visionHidden,
      intermediateSize: visionInner,
      heads: visionHidden / VISION_HEAD,
      inChannels: 3,
      outHiddenSize: hidden,
      patchSize: 14,
      spatialMergeSize: 2,
      temporalPatchSize: 2,
      windowSize: 112,
      fullAttentionBlocks: [depth / 2 - 1, depth - 1],
      tokensPerSecond: 2,
    },
    tokens: {
      image: 151_655,
      video: 151_656,
      visionStart: 151_652,
      visionEnd: 151_653,
      eos: [151_645],
      pad: 151_643,
      bos: 151_643,
    },
  };
}
