/** Translates the keys of `published-keys.ts` into Loci's names, and back. */
import type { SpecialTokenIds } from '../../text/special-tokens.ts';
import type { ConfigRule } from './config-json.ts';
import type { PublishedDecoder, PublishedRoot, PublishedTower } from './published-keys.ts';

/** A decoder under Loci's names. */
export interface DecoderConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Width of a head; `heads · headDim` need not be the hidden size. */
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  /** Rotary frequencies given to time, height and width; they add up to `headDim / 2`. */
  readonly mropeSection: readonly [time: number, height: number, width: number];
  /** The output head is the embedding table, and the checkpoint holds no `lm_head.weight`. */
  readonly tieWordEmbeddings: boolean;
  readonly maxPositionEmbeddings: number;
}

/** A decoder from the keys of `decoderKeys`. */
export function readDecoder(
  text: PublishedDecoder,
  root: PublishedRoot,
): Omit<DecoderConfig, 'headDim' | 'ropeTheta' | 'mropeSection'> {
  return {
    hiddenSize: text.hidden_size,
    layers: text.num_hidden_layers,
    heads: text.num_attention_heads,
    kvHeads: text.num_key_value_heads ?? text.num_attention_heads,
    intermediateSize: text.intermediate_size,
    vocabularySize: text.vocab_size,
    rmsNormEps: text.rms_norm_eps,
    // transformers 4 saves it in `text_config`, whatever the root has; transformers 5 saves it at the root.
    tieWordEmbeddings: Boolean(root.tie_word_embeddings || text.tie_word_embeddings),
    maxPositionEmbeddings: text.max_position_embeddings,
  };
}

/** The keys of a decoder in the form that both versions of transformers read. */
export function writeDecoder(text: DecoderConfig, tokens: SpecialTokenIds) {
  return {
    attention_dropout: 0,
    bos_token_id: tokens.bos,
    eos_token_id: tokens.eos.length === 1 ? tokens.eos[0] : tokens.eos,
    pad_token_id: tokens.pad,
    hidden_act: 'silu',
    hidden_size: text.hiddenSize,
    head_dim: text.headDim,
    intermediate_size: text.intermediateSize,
    max_position_embeddings: text.maxPositionEmbeddings,
    num_attention_heads: text.heads,
    num_hidden_layers: text.layers,
    num_key_value_heads: text.kvHeads,
    rms_norm_eps: text.rmsNormEps,
    rope_theta: text.ropeTheta,
    tie_word_embeddings: text.tieWordEmbeddings,
    vocab_size: text.vocabularySize,
  };
}

/** A vision tower under Loci's names. */
export interface TowerConfig {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly inChannels: number;
  readonly outHiddenSize: number;
  /** Pixels along a side of a patch. */
  readonly patchSize: number;
  /** Patches along a side of the square that becomes one token. */
  readonly spatialMergeSize: number;
  /** Frames in a patch. */
  readonly temporalPatchSize: number;
}

/** A tower from the keys of `towerKeys`. */
export function readTower(vision: PublishedTower): Omit<TowerConfig, 'inChannels'> {
  return {
    depth: vision.depth,
    hiddenSize: vision.hidden_size,
    intermediateSize: vision.intermediate_size,
    heads: vision.num_heads,
    outHiddenSize: vision.out_hidden_size,
    patchSize: vision.patch_size,
    spatialMergeSize: vision.spatial_merge_size,
    temporalPatchSize: vision.temporal_patch_size,
  };
}

/** The keys of a tower, without its channels and its activation. */
export function writeTower(vision: TowerConfig) {
  return {
    depth: vision.depth,
    hidden_size: vision.hiddenSize,
    intermediate_size: vision.intermediateSize,
    num_heads: vision.heads,
    out_hidden_size: vision.outHiddenSize,
    patch_size: vision.patchSize,
    spatial_merge_size: vision.spatialMergeSize,
    temporal_patch_size: vision.temporalPatchSize,
  };
}

/** The defaults of transformers for keys that a config leaves out, in either of two places. */
const PUBLISHED = { bos: 151643, eos: 151645 } as const;

/** The special tokens that the root and the decoder name. */
export function readTokens(text: PublishedDecoder, root: PublishedRoot): SpecialTokenIds {
  const bos = text.bos_token_id ?? root.bos_token_id ?? PUBLISHED.bos;
  return {
    image: root.image_token_id,
    video: root.video_token_id,
    visionStart: root.vision_start_token_id,
    visionEnd: root.vision_end_token_id,
    eos: [text.eos_token_id ?? root.eos_token_id ?? PUBLISHED.eos].flat(),
    pad: text.pad_token_id ?? root.pad_token_id ?? bos,
    bos,
  };
}

/** The keys of the placeholder tokens of media. */
export function writeMediaTokens(tokens: SpecialTokenIds) {
  return {
    vision_start_token_id: tokens.visionStart,
    vision_end_token_id: tokens.visionEnd,
    image_token_id: tokens.image,
    video_token_id: tokens.video,
  };
}

/** Relations that hold in every such model. @param hiddenKey where the file writes the decoder's hidden size. */
export function sharedRules(
  text: DecoderConfig,
  vision: TowerConfig,
  hiddenKey: string,
): readonly ConfigRule[] {
  return [
    [
      text.heads % text.kvHeads === 0,
      'num_attention_heads is not a multiple of num_key_value_heads',
    ],
    [
      vision.hiddenSize % (4 * vision.heads) === 0,
      'vision_config.hidden_size is not a multiple of 4 · vision_config.num_heads',
    ],
    [
      vision.outHiddenSize === text.hiddenSize,
      `vision_config.out_hidden_size ${vision.outHiddenSize} is not ${hiddenKey} ${text.hiddenSize}`,
    ],
  ];
}
