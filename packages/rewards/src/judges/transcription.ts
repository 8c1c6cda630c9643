import { pythonSplit } from '@loci/core';
import { characterAccuracy, exactCharacters, isUnspaced } from '../text/characters.ts';
import { editDistance } from '../text/word-error-rate.ts';
import { clamp, judged } from './judge.ts';
import type { Judging } from './judge.ts';

/**
 * One minus the word error rate, at least 0. Case and punctuation matter. A true text in a script that puts no blanks between words is
 * compared by its characters.
 */
export const transcription: Judging = {
  judge: (truth) =>
    isUnspaced(truth)
      ? (answer) => judged(characterAccuracy(truth, answer, exactCharacters))
      : (answer) => judged(accuracy(truth, answer)),
  asInSpacer: (answer, truth) => judged(accuracy(truth, answer)),
};

/** An answer of twice as many words as the truth, or more, has as many errors as the truth has words; they are not counted. */
function accuracy(truth: string, answer: string): number {
  const words = pythonSplit(truth);
  const said = pythonSplit(answer);
  const most = Math.max(1, words.length);
  return said.length - words.length >= most ? 0 : clamp(1 - editDistance(words, said) / most);
}
