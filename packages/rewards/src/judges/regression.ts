import { pythonFloat } from '@loci/core';
import { clamp, judged, numberJudge, unreadable } from './judge.ts';
import type { Judging } from './judge.ts';

/** Keeps the reference's quotient finite. */
const EPSILON = 1e-9;

/** One minus the relative error, at least 0; for a truth of 0 only 0 scores. */
export const regression: Judging = {
  judge: (truth) =>
    numberJudge(truth, (prediction, target) => {
      if (prediction === target) return judged(1);
      return judged(target === 0 ? 0 : 1 - clamp(Math.abs((prediction - target) / target)));
    }),
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
