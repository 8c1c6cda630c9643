import { beforeAll, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import { scatterRows } from '../../../src/tfjs/ops/scatter.ts';
import { startBackend } from '../../../src/tfjs/start/start-backend.ts';
import type { Tf } from '../../../src/tfjs/tf.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await startBackend('cpu'));
});

const COUNT = 7;
const COLUMNS = 3;
const HEIGHT = 10;
const random = randomStream(5);
/** Each batch has half of the places to itself, and repeats some of them. */
const places = Array.from({ length: 2 }, (_, batch) =>
  Array.from({ length: COUNT }, () => 5 * batch + Math.floor(3 * random())),
);
const rows = places.map((batch) =>
  batch.map(() => Array.from({ length: COLUMNS }, () => Math.floor(100 * random()))),
);

function added(): readonly (readonly number[])[] {
  const sums = Array.from({ length: HEIGHT }, () => Array.from({ length: COLUMNS }, () => 0));
  for (const [batch, own] of places.entries()) {
    for (const [index, place] of own.entries()) {
      for (let column = 0; column < COLUMNS; column++) {
        sums[place]![column]! += rows[batch]![index]![column]!;
      }
    }
  }
  return sums;
}

test.each([
  ['cpu', 'in one piece', undefined],
  ['webgpu', 'in one piece', undefined],
  ['webgpu', 'in pieces of two rows', 4 * COUNT],
  ['webgpu', 'row by row', 1],
])('rows are added to their places: %s, %s', async (backend, _, mostCompared) => {
  // The way that WebGPU needs, on a backend that every machine has.
  const as: Tf = { ...tf, getBackend: () => backend };
  const sums = scatterRows(
    as,
    tf.tensor2d(places, [2, COUNT], 'int32'),
    tf.tensor3d(rows, [2, COUNT, COLUMNS]),
    HEIGHT,
    mostCompared,
  );
  expect(await sums.array()).toEqual(added());
});
