/**
 * What an exact reader makes of a map where the map alone does not tell the answer to the digit: the distance in metres between two
 * cells. It is the number that scores best over all places that two things may have in their cells.
 */
import { deriveSeed, meanRelativeAccuracy, randomStream } from '@loci/core';
import { CELL_M } from '@loci/datasets';

/** Places drawn for each pair of cells. */
const DRAWS = 400;
/** Shorter distances are not asked for in rooms, in metres. */
const LEAST_M = 1;
/** Greatest distance asked for, in metres. */
const MOST_M = 5.1;

function bestReading(columns: number, rows: number): number {
  const random = randomStream(deriveSeed(1, 'read-distance', columns, rows));
  const shift = (): number => random() - random();
  const true_: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const metres = CELL_M * Math.hypot(columns + shift(), rows + shift());
    if (metres >= LEAST_M && metres < MOST_M) true_.push(Math.round(metres * 10) / 10);
  }
  const centre = CELL_M * Math.hypot(columns, rows);
  if (true_.length < DRAWS / 20) return Math.min(MOST_M, Math.max(LEAST_M, centre));
  // A distance weighs as much as its class of answers is raised above its share: about as 1 / distance in equal ratios.
  const score = (reading: number): number =>
    true_.reduce((sum, truth) => sum + meanRelativeAccuracy(reading, truth) / truth, 0);
  let best = Math.max(LEAST_M, Math.round(centre * 10) / 10);
  let most = score(best);
  for (let tenths = 10; tenths <= MOST_M * 10; tenths++) {
    const found = score(tenths / 10);
    if (found > most + 1e-9) [best, most] = [tenths / 10, found];
  }
  return best;
}

const readings = new Map<string, number>();

/**
 * The distance in metres to read off two things that are so many columns and rows apart, to a tenth.
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
