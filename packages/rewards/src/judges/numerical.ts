import { matchNumberAsInSpacer, meanRelativeAccuracy, pythonFloat, readNumber } from '@loci/core';
import { UnusableTruth, judged, unreadable } from './judge.ts';
import type { Judging } from './judge.ts';

/**
 * Mean relative accuracy of the first number of the answer. An error is divided by the magnitude of the truth; a truth of 0 is
 * met by 0 alone.
 */
export const numerical: Judging = {
  judge(truth) {
    const target = readNumber(truth);
    if (target === undefined) throw new UnusableTruth(`the true answer "${truth}" is not a number`);
    return (answer) => {
      const prediction = readNumber(answer);
      if (prediction === undefined) return unreadable('no number in the answer');
      return judged(meanRelativeAccuracy(prediction, target));
    };
  },
  asInSpacer(answer, truth) {
    const target = pythonFloat(truth);
    if (target === undefined) return unreadable('the true answer is not a number');
    const number = matchNumberAsInSpacer(answer);
    if (number === undefined) return unreadable('no number in the answer');
    if (target === 0) return unreadable('the true answer is 0');
    return judged(meanRelativeAccuracy(pythonFloat(number)!, target, 'train'));
  },
};
