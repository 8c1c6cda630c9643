import type { FrameSelection } from './frame-selection.ts';
import type { MediaReference, Sample } from './sample.ts';

/** A piece of a message. */
export type MessagePart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'media';
      readonly media: MediaReference;
      /** How its frames are chosen and scaled; absent: as the model's own preprocessing says. */
      readonly frames?: FrameSelection | undefined;
      /** Whether a video is shown as one, or as a list of its frames as images. Default: `video` where the policy can show one. */
      readonly as?: 'video' | 'images' | undefined;
    };

/** One turn of the conversation that is shown to the model. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly parts: readonly MessagePart[];
}

/** Turns a sample into the conversation that asks it. */
export interface PromptTemplate {
  render(sample: Sample): readonly Message[];
}

/**
 * Media as the vision tower takes it. `patches` is row-major `[t·h·w, channels·2·14·14]`, normalised;
 * `grid` counts patches along time, height and width before merging.
 */
export interface EncodedMedia {
  readonly kind: 'video' | 'image';
  readonly patches: Float32Array;
  readonly grid: readonly [time: number, height: number, width: number];
  /** Seconds that one temporal patch spans; 1 as SpaceR trained (two frames at 2 fps). */
  readonly secondsPerGrid: number;
  /** Where in the video the frames were taken, in seconds from its first frame; absent for images. */
  readonly frameSeconds?: readonly number[];
}

/** What the model was shown of one medium; reports say it beside a score. */
export interface ShownMedia {
  readonly kind: 'video' | 'image';
  /** Of a video: shown as one, or as a list of images; absent where nobody noted it. */
  readonly as?: 'video' | 'images';
  /** Frames of a video, 1 of an image; absent where the server of a model chooses. */
  readonly frames?: number;
  /** Of a frame, in pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Where the frames of a video were taken. */
  readonly seconds?: readonly number[];
}

/** A prompt as a policy takes it: token ids, media placeholders already expanded, and the media in prompt order. */
export interface EncodedPrompt {
  readonly tokenIds: Int32Array;
  readonly media: readonly EncodedMedia[];
  /** What was shown, one entry a medium, by processors that can tell. */
  readonly shown?: readonly ShownMedia[];
  /**
   * Text with which the chat template opens the assistant's turn, `<think>\n` of many thinking models; absent where it opens nothing.
   * It is part of `tokenIds`, not of a completion. Rewards and scorers read it before the completion, see `turnText`.
   */
  readonly opened?: string | undefined;
}

/** What is done to the frames before they are encoded. Evaluation's controls and the looks of rewards use it. `mirrored` exchanges left and right. */
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
   * Renders the chat template, reads and cuts the media, and expands the placeholders.
   * @throws LociError `prompt-too-long` when the prompt exceeds the model's limit (it is never cut), `media-unreadable` when a file is.
   */
  encode(messages: readonly Message[], frames?: FrameTreatment): Promise<EncodedPrompt>;
  /** Token ids of plain text, no template around it. */
  tokenize(text: string): Int32Array;
  /**
   * Text of a completion. Tokens that steer the model (stop, padding, turns, media) are left out; everything else is kept, tags such as
   * `<think>` also where they are special tokens of the tokenizer.
   */
  detokenize(tokenIds: Int32Array): string;
}
