/** The types of a drill, which tests a promise of `docs/reliability.md` on real processes, and of its findings. */
import type { RandomStream } from '@loci/core';
import type { CommandOptions, RunningCommand } from './command.ts';
import type { Workplace } from './workplace.ts';

/** A promise that did not hold. */
export interface BrokenPromise {
  /** What should have been, as a sentence: `a resumed run has the metrics of an uninterrupted one`. */
  readonly promise: string;
  /** What was instead: the first difference, the message, the file. */
  readonly found: string;
  /** From 1; absent where it concerns no single round. */
  readonly round?: number;
  /** Where the files of that round lie; absent when they were removed. */
  readonly folder?: string;
}

/** What a drill found. */
export interface Findings {
  /** Rounds that came to their end. */
  readonly rounds: number;
  /** What was done, by name: kills, commands, requests. Names of figures that are no counts carry a unit. */
  readonly counts: Readonly<Record<string, number>>;
  /** How many checks of promises were made. */
  readonly checks: number;
  readonly broken: readonly BrokenPromise[];
  /** What this machine does not allow, each with the reason. */
  readonly skipped: readonly string[];
}

/** One round of a drill. */
export interface Round {
  /** From 1. */
  readonly number: number;
  /** Depends on the seed, the drill and the number of the round, and on nothing else. */
  readonly random: RandomStream;
  /** Empty, and for this round alone. */
  readonly folder: string;
}

/** The functions and folders that a drill uses. */
export interface DrillContext {
  /** Starts `loci <words>` in `directory`. */
  readonly loci: (
    directory: string,
    words: readonly string[],
    options?: CommandOptions,
  ) => RunningCommand;
  /** Config, rooms and an uninterrupted run, which all drills share. */
  readonly workplace: Workplace;
  /** Does rounds until their number or their time is reached, at least one. A round that throws is a broken promise. */
  readonly eachRound: (work: (round: Round) => Promise<void>) => Promise<void>;
  /** Adds to a count. */
  readonly count: (name: string, amount?: number) => void;
  /** Keeps the larger value of a figure. */
  readonly most: (name: string, value: number) => void;
  /** Records a check of a promise: `found` describes the fault, and is undefined or empty when the promise holds. */
  readonly expect: (promise: string, found: string | undefined) => void;
  /** Notes what cannot be done on this machine, once. */
  readonly skip: (reason: string) => void;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

/** A drill: `npx nx run cli:drill -- --only <name>` runs it alone. */
export interface Drill {
  /** A kebab-case noun. */
  readonly name: string;
  /** What is done to Loci, in one line. */
  readonly title: string;
  readonly run: (context: DrillContext) => Promise<void>;
}
