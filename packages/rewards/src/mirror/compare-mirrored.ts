/** Compares a completion with one of the mirrored video. */
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

/** The symmetry that exchanges left and right of a map whose columns grow to the right of the camera. */
export const MIRRORED_COLUMNS = { quarterTurns: 0, mirrored: true } as const;

/** Most points of a map. No room has more things, and a longer list costs time. */
const MOST_POINTS = 300;

/** The parts of a completion that are compared. */
export interface ReadCompletion {
  /** The letter of an option in upper case, or a number; undefined when neither can be read. */
  readonly answer: string | number | undefined;
  /** Undefined unless the completion has a map that is a dictionary. */
  readonly map: CognitiveMap | undefined;
}

/** Reads a completion. @param withMap Whether its map counts. */
export function readCompletion(
  text: string,
  mirror: AnswerMirror,
  withMap: boolean,
): ReadCompletion {
  const answer = extractAnswer(text) ?? '';
  return {
    answer: mirror.of === 'number' ? readNumber(answer) : optionIn(answer, mirror.letters),
    map: withMap ? readMap(text) : undefined,
  };
}

/** Agreement of an answer with that of the mirrored video, 0…1: mirrored letters, or the mean relative accuracy between the numbers. */
export function answerAgreement(
  own: ReadCompletion,
  mirrored: ReadCompletion,
  mirror: AnswerMirror,
): number {
  if (own.answer === undefined || mirrored.answer === undefined) return 0;
  if (typeof own.answer === 'number' && typeof mirrored.answer === 'number') {
    return meanRelativeAccuracy(own.answer, mirrored.answer);
  }
  const letters = mirror.of === 'choice' ? mirror.letters : new Map<string, string>();
  return letters.get(String(own.answer)) === mirrored.answer ? 1 : 0;
}

/** Agreement of maps, 0…1: the score of the own map, mirrored, against the map of the mirrored video. Objects in only one of them cost. */
export function mapAgreement(own: ReadCompletion, mirrored: ReadCompletion): number {
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
