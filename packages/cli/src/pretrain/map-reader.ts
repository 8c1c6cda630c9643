/**
 * What can be read off a map: which kinds of questions it answers, and the best reading of a distance in meters between two cells, which do
 * not determine it exactly: the number with the best mean score over all positions that two objects may have in their cells.
 */
import { deriveSeed, meanRelativeAccuracy, randomStream } from '@loci/core';
import { CELL_M } from '@loci/datasets';
import type { QuestionKindName } from '@loci/datasets';

/** Kinds whose answer the map alone determines. */
export const MAP_KINDS: readonly QuestionKindName[] = [
  'absolute-distance',
  'counting',
  'relative-direction-easy',
  'relative-direction-medium',
  'relative-direction-hard',
  'relative-distance',
];

/** Those, and the order of appearance, which follows from the map and from the side to which the camera turns. */
export const READ_KINDS: readonly QuestionKindName[] = [...MAP_KINDS, 'appearance-order'];

/** Positions drawn for each pair of cells. */
const DRAWS = 400;
/** Shortest distance in questions about rooms, in meters. */
const LEAST_M = 1;
/** Longest distance in questions about rooms, in meters. */
const MOST_M = 5.1;

function bestReading(columns: number, rows: number): number {
  const random = randomStream(deriveSeed(1, 'read-distance', columns, rows));
  const shift = (): number => random() - random();
  const truths: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const meters = CELL_M * Math.hypot(columns + shift(), rows + shift());
    if (meters >= LEAST_M && meters < MOST_M) truths.push(Math.round(meters * 10) / 10);
  }
  const center = CELL_M * Math.hypot(columns, rows);
  if (truths.length < DRAWS / 20) return Math.min(MOST_M, Math.max(LEAST_M, center));
  // Weights of 1 / distance: the draw of questions raises the share of each class of answers about so.
  const score = (reading: number): number =>
    truths.reduce((sum, truth) => sum + meanRelativeAccuracy(reading, truth) / truth, 0);
  let best = Math.max(LEAST_M, Math.round(center * 10) / 10);
  let most = score(best);
  for (let tenths = 10; tenths <= MOST_M * 10; tenths++) {
    const found = score(tenths / 10);
    if (found > most + 1e-9) [best, most] = [tenths / 10, found];
  }
  return best;
}

const readings = new Map<string, number>();

/**
 * The distance to read, in meters to a tenth, for two objects that are so many columns and rows apart.
 *
 * @example readDistance(3, 4) // 3.5
 */
export function readDistance(columns: number, rows: number): number {
  const [least, most] = [Math.abs(columns), Math.abs(rows)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  const key = `${least},${most}`;
  const known = readings.get(key);
  if (known !== undefined) return known;
  const reading = bestReading(least, most);
  readings.set(key, reading);
  return reading;
}
