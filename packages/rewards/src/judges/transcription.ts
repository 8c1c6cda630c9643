import { wordErrorRate } from '../text/word-error-rate.ts';
import { clamp, judged } from './judge.ts';
import type { Judging } from './judge.ts';

/** One minus the word error rate, at least 0. Case and punctuation matter. */
export const transcription: Judging = {
  judge: (truth) => (answer) => judged(clamp(1 - wordErrorRate(truth, answer))),
  asInSpacer: (answer, truth) => judged(clamp(1 - wordErrorRate(truth, answer))),
};
