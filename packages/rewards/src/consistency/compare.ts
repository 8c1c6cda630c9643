/** Whether the answer of a completion is what its map says. */
import { meanRelativeAccuracy, readNumber } from '@loci/core';
import { letterOf } from '../judges/multiple-choice.ts';
import type { MapAnswer } from './answer-from-map.ts';
import type { MapQuestion } from './question.ts';

/** How consistent, 0…1, and why not wholly. */
export interface Consistency {
  readonly value: number;
  readonly reason?: string;
}

/**
 * Choices and counts agree or do not. A distance agrees wholly when the two things can be that far apart within their cells, and
 * otherwise by its mean relative accuracy to the nearest distance that is possible.
 */
export function compare(said: string, told: MapAnswer, question: MapQuestion): Consistency {
  if ('open' in told) return { value: 0, reason: told.open };
  if ('word' in told) return compareChoice(said, told.word, question);
  const number = readNumber(said);
  if (number === undefined) return { value: 0, reason: 'no number in the answer' };
  if ('count' in told) {
    if (number === told.count) return { value: 1 };
    return { value: 0, reason: `the map says ${told.count}, the answer ${number}` };
  }
  const { least, most } = told;
  if (number >= least && number <= most) return { value: 1 };
  const reason = `the map says ${least.toFixed(2)} to ${most.toFixed(2)} m, the answer ${number}`;
  return { value: meanRelativeAccuracy(number, number < least ? least : most), reason };
}

function compareChoice(said: string, word: string, question: MapQuestion): Consistency {
  const options = 'options' in question ? question.options : [];
  const chosen = options.find(({ letter }) => letter === letterOf(said));
  if (chosen === undefined) return { value: 0, reason: 'the answer names no option' };
  if (chosen.name === word) return { value: 1 };
  return { value: 0, reason: `the map says ${word}, the answer ${chosen.name}` };
}
