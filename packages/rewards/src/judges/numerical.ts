import { matchNumberAsInSpacer, meanRelativeAccuracy, pythonFloat } from '@loci/core';
import { denseAccuracy } from './dense-accuracy.ts';
import { judged, numberJudge, unreadable } from './judge.ts';
import type { Judging } from './judge.ts';

/**
 * How the nearness of a number is told: in the ten steps of mean relative accuracy, or without steps, halved by every
 * `halfError` of relative error.
 */
export type NumberRule =
  { readonly numbers: 'mra' } | { readonly numbers: 'dense'; readonly halfError: number };

/**
 * The first number of the answer against the true one. An error is divided by the magnitude of the truth; a truth of 0 is met by
 * 0 alone. Judged densely, the part `mra` still says the mean relative accuracy, which benchmarks report.
 */
export function numerical(rule: NumberRule): Judging {
  return {
    judge: (truth) =>
      numberJudge(truth, (prediction, target) => {
        const mra = meanRelativeAccuracy(prediction, target);
        if (rule.numbers === 'mra') return judged(mra);
        return { ...judged(denseAccuracy(prediction, target, rule.halfError)), parts: { mra } };
      }),
    asInSpacer(answer, truth) {
      const target = pythonFloat(truth);
      if (target === undefined) return unreadable('the true answer is not a number');
      const number = matchNumberAsInSpacer(answer);
      if (number === undefined) return unreadable('no number in the answer');
      if (target === 0) return unreadable('the true answer is 0');
      return judged(meanRelativeAccuracy(pythonFloat(number)!, target, 'train'));
    },
  };
}
