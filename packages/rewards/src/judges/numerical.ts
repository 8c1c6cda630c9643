import { matchNumberAsInSpacer, meanRelativeAccuracy, pythonFloat } from '@loci/core';
import { judged, numberJudge, unreadable } from './judge.ts';
import type { Judging } from './judge.ts';

/**
 * Mean relative accuracy of the first number of the answer. An error is divided by the magnitude of the truth; a truth of 0 is
 * met by 0 alone.
 */
export const numerical: Judging = {
  judge: (truth) =>
    numberJudge(truth, (prediction, target) => meanRelativeAccuracy(prediction, target)),
  asInSpacer(answer, truth) {
    const target = pythonFloat(truth);
    if (target === undefined) return unreadable('the true answer is not a number');
    const number = matchNumberAsInSpacer(answer);
    if (number === undefined) return unreadable('no number in the answer');
    if (target === 0) return unreadable('the true answer is 0');
    return judged(meanRelativeAccuracy(pythonFloat(number)!, target, 'train'));
  },
};
