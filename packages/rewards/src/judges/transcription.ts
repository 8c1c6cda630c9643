import { pythonSplit } from '@loci/core';
import { characterAccuracy, exactCharacters, isUnspaced } from '../text/characters.ts';
import { editDistance } from '../text/word-error-rate.ts';
import { clamp, judged } from './judge.ts';
import type { Judging } from './judge.ts';

/**
 * One minus the word error rate, at least 0. Case and punctuation matter. A true text in a script without spaces between words is compared
 * by characters.
 */
export const transcription: Judging = {
  judge: (truth) =>
    isUnspaced(truth)
      ? (answer) => judged(characterAccuracy(truth, answer, exactCharacters))
      : (answer) => judged(accuracy(truth, answer)),
  asInSpacer: (answer, truth) => judged(accuracy(truth, answer)),
};

/** Word accuracy. An answer with at least twice as many words as the truth scores 0 without computing the distance. */
function accuracy(truth: string, answer: string): number {
  const words = pythonSplit(truth);
  const given = pythonSplit(answer);
  const most = Math.max(1, words.length);
  return given.length - words.length >= most ? 0 : clamp(1 - editDistance(words, given) / most);
}
