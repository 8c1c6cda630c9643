import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TrainingGroup } from '@loci/core';
import { cutGroups } from '../../src/engine/group-pieces.ts';

function group(promptLength: number, lengths: readonly number[], mark: number): TrainingGroup {
  return {
    prompt: { tokenIds: new Int32Array(promptLength), media: [] },
    completions: lengths.map((length, row) => new Int32Array(length).fill(100 * mark + row)),
    targets: lengths.map((length, row) => ({
      weights: new Float32Array(length).fill(100 * mark + row),
    })),
  };
}

describe('groups in pieces', () => {
  const batches = fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 9 }),
    ),
    { maxLength: 5 },
  );

  test('hold every completion with its target once, in order, and come together again', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 4 }), (shapes, least) => {
        const groups = shapes.map(([length, rows], index) => group(length, rows, index + 1));
        const { pieces, join } = cutGroups(groups, least);
        const marks = (own: readonly TrainingGroup[]) =>
          own.flatMap(({ completions, targets }) =>
            completions.map((tokens, row) => [tokens[0], targets[row]!.weights[0]]),
          );
        expect(marks(pieces)).toEqual(marks(groups));
        const figures = { logProbs: pieces.map(({ targets }) => targets.map((t) => t.weights)) };
        expect(join(figures).logProbs).toEqual(
          groups.map(({ targets }) => targets.map(({ weights }) => weights)),
        );
      }),
    );
  });

  test('are cut only as far as they have to be, and where the prompt is the smaller part', () => {
    const long = group(10, [10, 10, 10, 10, 10], 1);
    const sizes = (groups: readonly TrainingGroup[], least: number) =>
      cutGroups(groups, least).pieces.map(({ completions }) => completions.length);
    expect(sizes([long], 1)).toEqual([5]);
    expect(sizes([long], 2)).toEqual([3, 2]);
    expect(sizes([long], 4)).toEqual([2, 2, 1]);
    expect(sizes([long, long], 2)).toEqual([5, 5]);
    expect(sizes([group(26, [10, 10, 10, 10, 10], 1)], 2)).toEqual([5]);
    expect(sizes([group(2, [40], 1)], 2)).toEqual([1]);
    expect(sizes([group(2, [], 1)], 2)).toEqual([0]);
  });
});
