import { matchNumberAsInSpacer, meanRelativeAccuracy, pythonFloat } from '@loci/core';
import { denseAccuracy } from './dense-accuracy.ts';
import { judged, numberJudge, unreadable } from './judge.ts';
import type { Judging } from './judge.ts';

/**
 * How a number is scored: in the ten steps of mean relative accuracy, or smoothly, halved by every `halfError` of relative error.
 */
export type NumberRule =
  { readonly numbers: 'mra' } | { readonly numbers: 'dense'; readonly halfError: number };

/**
 * Judges the first number of the answer against the true one. The error is divided by the magnitude of the truth; for a truth of 0 only 0
 * scores. Under the dense rule the part `mra` still has the mean relative accuracy, which benchmarks report.
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
