/** The interface of tasks: a task turns the frames of a video into a question whose answer Loci knows by construction. */
import type { RandomStream } from '@loci/core';
import type { Picture } from '@loci/media';

/** Frames of a video at even times, all of one size. */
export interface FilmedFrames {
  /** Relative path of the video, `/` between folders. */
  readonly name: string;
  readonly frames: readonly Picture[];
  /** Number of frames of a clip. */
  readonly clipFrames: number;
}

/** A medium that a question shows. */
export type DraftMedium =
  | { readonly kind: 'image'; readonly picture: Picture }
  | { readonly kind: 'video'; readonly frames: readonly Picture[] };

/** A question before its media are written. */
export interface DraftQuestion {
  /** With a marker for each medium that no option shows. */
  readonly question: string;
  readonly options: readonly string[];
  /** Index of the right option. */
  readonly right: number;
  /** In the order of the markers. */
  readonly media: readonly DraftMedium[];
  /** Reasoning that leads to the answer, for supervised training. */
  readonly thinking: string;
}

/** The input of a task. */
export interface TaskSource {
  readonly film: FilmedFrames;
  /** A film of another place with frames of the same size; absent where there is none. */
  readonly other: FilmedFrames | undefined;
  readonly random: RandomStream;
  /** Index for the right option. */
  readonly slot: number;
}

/** A kind of question about any video. */
export interface Task {
  /** Number of options of a question. */
  readonly options: number;
  /** Drafts a question, or gives the reason why the film offers none: it is too short, or nothing moves. */
  draft(source: TaskSource): DraftQuestion | { readonly unfit: string };
}

/** The reason of films that show too little change. */
export const TOO_STILL = { unfit: 'its frames differ too little' } as const;

/** The reason of films that are too short for a task. */
export const TOO_SHORT = { unfit: 'it is too short' } as const;

/** A whole number from `from` up to and without `to`. */
export function drawWhole(random: RandomStream, from: number, to: number): number {
  return from + Math.floor(random() * (to - from));
}

/** The first draw that passes, of some tries. */
export function drawFitting<Drawn>(
  draw: () => Drawn,
  fits: (drawn: Drawn) => boolean,
  tries = 12,
): Drawn | undefined {
  for (let attempt = 0; attempt < tries; attempt++) {
    const drawn = draw();
    if (fits(drawn)) return drawn;
  }
  return undefined;
}
