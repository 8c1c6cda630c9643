import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concatenate, pickRows, pickRowsOf } from '../../src/ops/host-tensor.ts';
import { randomFloats } from '../support/gradient-check.ts';

const WIDTH = 3;

/** Numbers of rows of some arrays, and rows of all of them in any order, some several times. */
const choices = fc
  .array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 5 })
  .filter((rows) => rows.some((count) => count > 0))
  .chain((rows) => {
    const all = rows.reduce((sum, count) => sum + count, 0);
    return fc.record({
      rows: fc.constant(rows),
      order: fc.array(fc.nat({ max: all - 1 }), { maxLength: 12 }),
    });
  });

test('rows of several arrays are those of their concatenation', () => {
  fc.assert(
    fc.property(choices, ({ rows, order }) => {
      const sources = rows.map((count, seed) => randomFloats(count * WIDTH, seed + 1, [0, 1]));
      expect(pickRowsOf(sources, WIDTH, order)).toEqual(
        pickRows(concatenate(sources), WIDTH, order),
      );
    }),
  );
});
