/** What a task makes of filmed frames: a question whose answer is known because Loci made it. */
import type { RandomStream } from '@loci/core';
import type { Picture } from '@loci/media';

/** Frames of a video at even times, all of one size. */
export interface FilmedFrames {
  /** Relative path of the video, `/` between folders. */
  readonly name: string;
  readonly frames: readonly Picture[];
  /** Frames of a clip that a task cuts out. */
  readonly clipFrames: number;
}

/** A medium that a question shows. */
export type DraftMedium =
  | { readonly kind: 'image'; readonly picture: Picture }
  | { readonly kind: 'video'; readonly frames: readonly Picture[] };

/** A question before its media are written. */
export interface DraftQuestion {
  /** With a marker for each medium that does not stand in an option. */
  readonly question: string;
  readonly options: readonly string[];
  /** Place of the right option. */
  readonly right: number;
  /** In the order of the markers. */
  readonly media: readonly DraftMedium[];
  /** A worked way to the answer, for supervised training. */
  readonly thinking: string;
}

/** What a task draws from. */
export interface TaskSource {
  readonly film: FilmedFrames;
  /** A film of another place with frames of the same size; absent where there is none. */
  readonly other: FilmedFrames | undefined;
  readonly random: RandomStream;
  /** Place that the right option is to take. */
  readonly slot: number;
}

/** A kind of question about any video. */
export interface Task {
  /** Options of a question. */
  readonly options: number;
  /** A question, or why this film offers none: it is too short, or nothing moves. */
  draft(source: TaskSource): DraftQuestion | { readonly unfit: string };
}

/** Why a film is left out, where it shows too little. */
export const TOO_STILL = { unfit: 'its frames differ too little' } as const;

/** Why a film is left out, where it is too short for a task. */
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
