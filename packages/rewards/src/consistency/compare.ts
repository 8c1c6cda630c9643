/** Compares the answer of a completion with the answer of its map. */
import { meanRelativeAccuracy, readNumber } from '@loci/core';
import { letterOf } from '../judges/multiple-choice.ts';
import type { MapAnswer } from './answer-from-map.ts';
import type { MapQuestion } from './question.ts';

/** The agreement, 0…1, and the reason when it is below 1. */
export interface Consistency {
  readonly value: number;
  readonly reason?: string;
}

/**
 * Choices and counts agree or do not. A distance scores 1 when the two things can be that far apart within their cells, and otherwise its
 * mean relative accuracy to the nearest possible distance.
 */
export function compare(answer: string, byMap: MapAnswer, question: MapQuestion): Consistency {
  if ('open' in byMap) return { value: 0, reason: byMap.open };
  if ('word' in byMap) return compareChoice(answer, byMap.word, question);
  const number = readNumber(answer);
  if (number === undefined) return { value: 0, reason: 'no number in the answer' };
  if ('count' in byMap) {
    if (number === byMap.count) return { value: 1 };
    return { value: 0, reason: `the map says ${byMap.count}, the answer ${number}` };
  }
  const { least, most } = byMap;
  if (number >= least && number <= most) return { value: 1 };
  const reason = `the map says ${least.toFixed(2)} to ${most.toFixed(2)} m, the answer ${number}`;
  return { value: meanRelativeAccuracy(number, number < least ? least : most), reason };
}

function compareChoice(answer: string, word: string, question: MapQuestion): Consistency {
  const options = 'options' in question ? question.options : [];
  const chosen = options.find(({ letter }) => letter === letterOf(answer));
  if (chosen === undefined) return { value: 0, reason: 'the answer names no option' };
  if (chosen.name === word) return { value: 1 };
  return { value: 0, reason: `the map says ${word}, the answer ${chosen.name}` };
}
