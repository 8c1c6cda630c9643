/** How a model's prompts are made: from a conversation and its media to token ids, patches and positions. */
import type { EncodedMedia, FrameSelection, FrameTreatment, MediaReference } from '@loci/core';
import type { FrameCache, FrameSettings, Picture } from '@loci/media';
import type { TextCodec } from '../../text/tokenizer.ts';

/**
 * Where text goes on after a vision block: `4.49` after the largest position of any axis (as Qwen2.5-VL was published, and as
 * SpaceR trained), `5.18` after `max(height, width) / merge` whatever the temporal extent. Names are transformers versions. An
 * architecture on which both agree takes either.
 */
export type PositionRule = '4.49' | '5.18';

/** What positions need to know of a medium. */
export type MediaExtent = Pick<EncodedMedia, 'kind' | 'grid' | 'secondsPerGrid'>;

/** M-RoPE positions of a prompt. */
export interface TokenPositions {
  /** Row-major `[3, tokens]`: all temporal positions, then all vertical, then all horizontal ones. */
  readonly positions: Int32Array;
  /** Position of the first token after the prompt, on all three axes; each further token adds 1. */
  readonly next: number;
  /** `max(positions) + 1 − tokens`, which Hugging Face calls `rope_deltas`. */
  readonly ropeDelta: number;
}

/** Cosines and sines, row-major `[rows, frequencies]`; each pair rotates dimensions `d` and `d + frequencies`. */
export interface RotaryTable {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly rows: number;
  readonly frequencies: number;
}

/** Turns media references into what a policy takes. */
export interface MediaEncoder {
  (
    media: MediaReference,
    treatment: FrameTreatment,
    selection?: FrameSelection,
  ): Promise<EncodedMedia>;
  /** The frames of a video, chosen, scaled and treated as those of the video, each as an image of its own. */
  asImages(
    media: MediaReference,
    treatment: FrameTreatment,
    selection?: FrameSelection,
  ): Promise<FramesAsImages>;
}

/** A video as a list of images. */
export interface FramesAsImages {
  readonly images: readonly EncodedMedia[];
  /** When each was filmed, from the first frame of the video. */
  readonly seconds: readonly number[];
}

/** The prompts of a model. */
export interface ModelPrompts {
  /** What the model wants of its frames where its folder does not say. */
  readonly defaultFrames: FrameSettings;
  /**
   * What a model folder wants of its frames.
   *
   * @throws LociError `preprocessor-config` naming the file and the key, `model-file` when one is no JSON.
   */
  readFrameSettings(folder: string): Promise<FrameSettings>;
  /** Writes them into a model folder; `readFrameSettings` reads the same settings back. */
  writeFrameSettings(folder: string, settings: FrameSettings): Promise<void>;
  /**
   * Reads, treats and cuts media files.
   *
   * @param cache holds scaled frames; treatments are applied afterwards, so all of them share one decoding.
   */
  mediaEncoder(settings: FrameSettings, cache: FrameCache): MediaEncoder;
  /** Patches and grid of frames that are scaled already. @param frames at least one, all of one size. */
  cutPatches(
    frames: readonly Picture[],
    settings: Pick<FrameSettings, 'normalisation'>,
  ): Pick<EncodedMedia, 'patches' | 'grid'>;
  /**
   * Token ids of a rendered conversation, with as many placeholders as its media have tokens.
   *
   * @param text as the chat template renders it, one placeholder a medium.
   * @throws LociError `media-mismatch` when placeholders and media differ in number or kind.
   */
  encode(text: string, media: readonly EncodedMedia[], codec: TextCodec): Int32Array;
  /** Texts such as `encode` adds to a conversation, for tokenizers that are made from texts; most architectures add none. */
  readonly addedTexts: readonly string[];
  /**
   * Positions of a prompt.
   *
   * @param tokenIds placeholders expanded, no padding.
   * @throws LociError `media-mismatch` when placeholders and media do not agree.
   */
  positions(
    tokenIds: ArrayLike<number>,
    media: readonly MediaExtent[],
    rule: PositionRule,
  ): TokenPositions;
  /** Rotary tables `[tokens, headDim / 2]` of the decoder. @param positions row-major `[3, tokens]`. */
  rotary(positions: Int32Array): RotaryTable;
}
