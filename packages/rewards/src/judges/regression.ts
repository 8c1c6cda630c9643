import { pythonFloat, readNumber } from '@loci/core';
import { UnusableTruth, clamp, judged, unreadable } from './judge.ts';
import type { Judging } from './judge.ts';

/** Keeps the reference's quotient finite. */
const EPSILON = 1e-9;

/** One minus the relative error, at least 0; a truth of 0 is met by 0 alone. */
export const regression: Judging = {
  judge(truth) {
    const target = readNumber(truth);
    if (target === undefined) throw new UnusableTruth(`the true answer "${truth}" is not a number`);
    return (answer) => {
      const prediction = readNumber(answer);
      if (prediction === undefined) return unreadable('no number in the answer');
      if (prediction === target) return judged(1);
      return judged(target === 0 ? 0 : 1 - clamp(Math.abs((prediction - target) / target)));
    };
  },
  // A NaN on either side and an infinite truth score 1: the clamp turns the NaN of the quotient into 0.
  asInSpacer(answer, truth) {
    const target = pythonFloat(truth.replaceAll(',', ''));
    const prediction = pythonFloat(answer.replaceAll(',', ''));
    if (target === undefined) return unreadable('the true answer is not a number');
    if (prediction === undefined) return unreadable('the answer is not a number');
    const error = (Math.abs(prediction - target) + EPSILON) / (Math.abs(target) + EPSILON);
    return judged(1 - clamp(error));
  },
};
