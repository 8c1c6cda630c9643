/** Makes the maps that a diagnosis forces on a model: another room's, and the true one with every object two cells away. */
import { type CognitiveMap, meanRelativeAccuracy, type RandomStream } from '@loci/core';
import type { AskedQuestion, QuestionScene } from '@loci/datasets';
import { MAP_KINDS } from '../pretrain/map-reader.ts';
import { paperRoom } from '../pretrain/paper-rooms.ts';
import { truthIn } from './truth-in-room.ts';

/** Another room's map and the question's true answer there. */
export interface ForeignMap {
  readonly map: CognitiveMap;
  /** In words or as a number; undefined where the map does not determine the answer. */
  readonly truth: string | undefined;
}

/** Most rooms to draw in search of one with another answer. */
const TRIES = 4000;
/** Most score of one room's number in the other room for the answers to count as different. */
const OTHER_SCORE = 0.5;
const LAST_CELL = 9;
const SHIFTS = [
  [2, 0],
  [-2, 0],
  [0, 2],
  [0, -2],
] as const;

function isOther(question: AskedQuestion, truth: string, there: string): boolean {
  if (question.options.length > 0) {
    return truth !== there && question.options.some((text) => text.slice(3) === there);
  }
  return meanRelativeAccuracy(Number(there), Number(truth)) <= OTHER_SCORE;
}

/**
 * The map of a room with the same categories in which the question has another answer. For a kind whose answer the map does not determine,
 * any room's map.
 *
 * @param truth the answer in the question's own room, in words or as a number.
 */
export function foreignMap(
  question: AskedQuestion,
  truth: string,
  random: RandomStream,
): ForeignMap {
  const categories = Object.keys(question.map);
  const anyRoom = (): QuestionScene => paperRoom(random, categories);
  for (let attempt = 0; attempt < TRIES && MAP_KINDS.includes(question.kind); attempt++) {
    const room = anyRoom();
    const there = truthIn(question, room);
    if (there !== undefined && isOther(question, truth, there)) {
      return { map: room.map, truth: there };
    }
  }
  return { map: anyRoom().map, truth: undefined };
}

/** The map with every object two cells from its place. */
export function noisyMap(map: CognitiveMap, random: RandomStream): CognitiveMap {
  const moved = Object.entries(map).map(([category, cells]) => {
    const there = cells.map(([x, y]) => {
      const places = SHIFTS.map(([dx, dy]) => [x + dx, y + dy] as const).filter((cell) =>
        cell.every((index) => index >= 0 && index <= LAST_CELL),
      );
      return places[Math.floor(random() * places.length)]!;
    });
    return [category, there.sort((a, b) => a[0] - b[0] || a[1] - b[1])] as const;
  });
  return Object.fromEntries(moved);
}
