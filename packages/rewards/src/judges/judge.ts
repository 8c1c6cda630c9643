/** The rules of the answer reward for a problem type. */
import { readNumber, readTrueNumber } from '@loci/core';

/** How right an answer is. */
export interface Judgement {
  /** 0…1. */
  readonly value: number;
  /** Whether the answer could be read. */
  readonly parsed: boolean;
  /** Further figures for reports. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Why, when the value alone does not show it. */
  readonly reason?: string;
}

/** Judges the answers to one question. The text of an answer is never empty. */
export type Judge = (answer: string) => Judgement;

/** The true answer of the record is unusable, so no answer can be judged. */
export class UnusableTruth extends Error {}

/** The rules for one problem type. */
export interface Judging {
  /**
   * The corrected rule.
   *
   * @throws UnusableTruth when the true answer cannot be read.
   */
  judge(truth: string): Judge;
  /** The value that the reference returns for an extracted answer; either text may be empty. */
  asInSpacer(answer: string, truth: string): Judgement;
}

/**
 * A judge of numbers: `compare` judges the first number of an answer against the true one.
 *
 * @throws UnusableTruth when the true answer has no number.
 */
export function numberJudge(
  truth: string,
  compare: (prediction: number, target: number) => Judgement,
): Judge {
  const target = readTrueNumber(truth);
  if (target === undefined) throw new UnusableTruth(`the true answer "${truth}" is not a number`);
  return (answer) => {
    const prediction = readNumber(answer);
    if (prediction === undefined) return unreadable('no number in the answer');
    return compare(prediction, target);
  };
}

/** The value of an answer that could be read. */
export function judged(value: number): Judgement {
  return { value, parsed: true };
}

/** 0 for an answer that could not be read. */
export function unreadable(reason: string): Judgement {
  return { value: 0, parsed: false, reason };
}

/** Python's `min(high, max(low, value))`, which turns NaN into `low`. */
export function clamp(value: number, low = 0, high = 1): number {
  const raised = value > low ? value : low;
  return raised < high ? raised : high;
}
