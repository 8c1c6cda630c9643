/** How well a completion agrees with one that answered the mirrored video. */
import {
  countInstances,
  extractAnswer,
  extractMapText,
  meanRelativeAccuracy,
  moveMap,
  readMapDictionary,
  readNumber,
  scoreMap,
} from '@loci/core';
import type { CognitiveMap } from '@loci/core';
import { letterOf } from '../judges/multiple-choice.ts';
import type { AnswerMirror } from './mirrored-answer.ts';

/** Left and right of a map exchanged, where columns grow to the right of whoever films. */
export const MIRRORED_COLUMNS = { quarterTurns: 0, mirrored: true } as const;

/** No room has more things; a longer list costs time. */
const MOST_POINTS = 300;

/** What a completion says, as far as it can be compared. */
export interface Said {
  /** The letter of an option in upper case, or a number; undefined where neither can be read. */
  readonly answer: string | number | undefined;
  /** Undefined without a map that is a dictionary. */
  readonly map: CognitiveMap | undefined;
}

/** Reads a completion. @param withMap Whether its map counts. */
export function readSaid(text: string, mirror: AnswerMirror, withMap: boolean): Said {
  const answer = extractAnswer(text) ?? '';
  return {
    answer: mirror.of === 'number' ? readNumber(answer) : optionIn(answer, mirror.letters),
    map: withMap ? readMap(text) : undefined,
  };
}

/** 0…1 for an answer beside that of the mirrored video: equal letters, or the mean relative accuracy of one number to the other. */
export function answerAgreement(own: Said, mirrored: Said, mirror: AnswerMirror): number {
  if (own.answer === undefined || mirrored.answer === undefined) return 0;
  if (typeof own.answer === 'number' && typeof mirrored.answer === 'number') {
    return meanRelativeAccuracy(own.answer, mirrored.answer);
  }
  const letters = mirror.of === 'choice' ? mirror.letters : new Map<string, string>();
  return letters.get(String(own.answer)) === mirrored.answer ? 1 : 0;
}

/** 0…1: the map score of the own map, mirrored, beside the map of the mirrored video; what only one of them has costs. */
export function mapAgreement(own: Said, mirrored: Said): number {
  if (own.map === undefined || mirrored.map === undefined) return 0;
  return scoreMap(moveMap(own.map, MIRRORED_COLUMNS), mirrored.map, { surplusWeight: 1 });
}

function optionIn(answer: string, letters: ReadonlyMap<string, string>): string | undefined {
  const letter = letterOf(answer);
  return letter !== undefined && letters.has(letter) ? letter : undefined;
}

function readMap(text: string): CognitiveMap | undefined {
  const drawn = extractMapText(text);
  const read = drawn === undefined ? undefined : readMapDictionary(drawn, () => true);
  if (read === undefined) return undefined;
  const map = Object.fromEntries(read);
  const points = countInstances(map);
  return points === 0 || points > MOST_POINTS ? undefined : map;
}
