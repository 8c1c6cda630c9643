/** Defines the prompts of a model: from a conversation and its media to token ids, patches and positions. */
import type { EncodedMedia, FrameSelection, FrameTreatment, MediaReference } from '@loci/core';
import type { FrameCache, FrameSettings, Picture } from '@loci/media';
import type { TextCodec } from '../../text/tokenizer.ts';

/**
 * The rule for the position of text after a vision block: `4.49` puts it after the largest position of any axis (as Qwen2.5-VL was
 * published, and as SpaceR trained), `5.18` puts it after `max(height, width) / merge`, whatever the temporal extent. Names are
 * transformers versions. For some architectures both give the same positions.
 */
export type PositionRule = '4.49' | '5.18';

/** The properties of a medium that positions depend on. */
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

/** Encodes media references for a policy. */
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
  /** The time of each in seconds from the first frame of the video. */
  readonly seconds: readonly number[];
}

/** The prompts of a model. */
export interface ModelPrompts {
  /** The default frame settings, for folders without their own. */
  readonly defaultFrames: FrameSettings;
  /**
   * Reads the frame settings of a model folder.
   *
   * @throws LociError `preprocessor-config` naming the file and the key, `model-file` when one is not valid JSON.
   */
  readFrameSettings(folder: string): Promise<FrameSettings>;
  /** Writes them into a model folder; `readFrameSettings` reads the same settings back. */
  writeFrameSettings(folder: string, settings: FrameSettings): Promise<void>;
  /**
   * Reads, treats and cuts media files.
   *
   * @param cache holds scaled frames. Treatments come afterwards, so all of them share one decoding.
   */
  mediaEncoder(settings: FrameSettings, cache: FrameCache): MediaEncoder;
  /** Patches and grid of scaled frames. @param frames at least one, all of one size. */
  cutPatches(
    frames: readonly Picture[],
    settings: Pick<FrameSettings, 'normalisation'>,
  ): Pick<EncodedMedia, 'patches' | 'grid'>;
  /**
   * Token ids of a rendered conversation, with as many placeholders as its media have tokens.
   *
   * @param text as the chat template renders it, with one placeholder for each medium.
   * @throws LociError `media-mismatch` when placeholders and media differ in number or kind.
   */
  encode(text: string, media: readonly EncodedMedia[], codec: TextCodec): Int32Array;
  /** Sample texts that `encode` adds to a conversation, for tokenizers built from texts; most architectures add none. */
  readonly addedTexts: readonly string[];
  /**
   * Positions of a prompt.
   *
   * @param tokenIds placeholders expanded, no padding.
   * @throws LociError `media-mismatch` when placeholders and media do not match.
   */
  positions(
    tokenIds: ArrayLike<number>,
    media: readonly MediaExtent[],
    rule: PositionRule,
  ): TokenPositions;
  /** Rotary tables `[tokens, headDim / 2]` of the decoder. @param positions row-major `[3, tokens]`. */
  rotary(positions: Int32Array): RotaryTable;
}
