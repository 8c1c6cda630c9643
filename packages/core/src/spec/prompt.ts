import type { FrameSelection } from './frame-selection.ts';
import type { MediaReference, Sample } from './sample.ts';

/** A piece of a message. */
export type MessagePart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'media';
      readonly media: MediaReference;
      /** Choice and size of its frames; absent: those of the model's own preprocessing. */
      readonly frames?: FrameSelection | undefined;
      /** Whether a video is shown as a video, or its frames as a list of images. Default: `video` if the policy supports it. */
      readonly as?: 'video' | 'images' | undefined;
    };

/** One turn of the conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly MessagePart[];
}

/** Turns a sample into the conversation of its prompt. */
export interface PromptTemplate {
  render(sample: Sample): readonly Message[];
}

/**
 * The media input of the vision tower. `patches` is row-major `[t·h·w, channels·2·14·14]`, normalized; `grid` counts patches along time,
 * height and width before merging.
 */
export interface EncodedMedia {
  readonly kind: 'video' | 'image';
  readonly patches: Float32Array;
  readonly grid: readonly [time: number, height: number, width: number];
  /** Seconds of one temporal patch; 1 in SpaceR's training (two frames at 2 fps). */
  readonly secondsPerGrid: number;
  /** Positions of the frames, in seconds from the first frame of the video; absent for images. */
  readonly frameSeconds?: readonly number[];
}

/** The form in which the model saw one medium; reports show it beside a score. */
export interface ShownMedia {
  readonly kind: 'video' | 'image';
  /** For a video: shown as a video, or as a list of images; absent when unknown. */
  readonly as?: 'video' | 'images';
  /** Frames of a video, 1 for an image; absent when the server of a model chooses. */
  readonly frames?: number;
  /** Of a frame, in pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Positions of the frames of a video, in seconds. */
  readonly seconds?: readonly number[];
}

/** The encoded form of a prompt: token ids with expanded media placeholders, and the media in prompt order. */
export interface EncodedPrompt {
  readonly tokenIds: Int32Array;
  readonly media: readonly EncodedMedia[];
  /** One entry for each medium; absent when the processor does not know. */
  readonly shown?: readonly ShownMedia[];
  /**
   * Text with which the chat template opens the assistant's turn, such as `<think>\n` for many thinking models; absent when there is none. It
   * is part of `tokenIds`, not of a completion. Rewards and scorers read it before the completion, see `turnText`.
   */
  readonly opened?: string | undefined;
}

/** A change of the frames before they are encoded, for the controls of evaluations and the looks of rewards. `mirrored` exchanges left and right. */
export type FrameTreatment =
  | { readonly kind: 'as-filmed' }
  | { readonly kind: 'shuffled'; readonly seed: number }
  | { readonly kind: 'reversed' }
  | { readonly kind: 'mirrored' }
  | { readonly kind: 'blank' }
  | { readonly kind: 'first-frame' };

/** The tokenizer and the media preprocessing that belong to a model. */
export interface Processor {
  /** Ids that end a completion. */
  readonly stopTokenIds: readonly number[];
  readonly padTokenId: number;
  readonly vocabularySize: number;
  /**
   * Renders the chat template, reads the media and cuts them into patches, and expands the placeholders.
   * @throws LociError `prompt-too-long` when the prompt exceeds the model's limit (it is never cut), `media-unreadable` for an unreadable file.
   */
  encode(messages: readonly Message[], frames?: FrameTreatment): Promise<EncodedPrompt>;
  /** Token ids of plain text, without the chat template. */
  tokenize(text: string): Int32Array;
  /**
   * Text of a completion. Control tokens (stop, padding, turns, media) are left out. Everything else stays, also tags such as `<think>` that
   * are special tokens of the tokenizer.
   */
  detokenize(tokenIds: Int32Array): string;
}
