import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TrainingGroup } from '@loci/core';
import { cutGroups, dealCompletions } from '../../src/engine/group-pieces.ts';

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

  test('hold every completion with its target once, and come together again in order', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 4 }), (shapes, least) => {
        const groups = shapes.map(([length, rows], index) => group(length, rows, index + 1));
        const { pieces, join } = cutGroups(groups, least);
        const marks = (own: readonly TrainingGroup[]) =>
          own
            .flatMap(({ completions, targets }) =>
              completions.map((tokens, row) => [tokens[0]!, targets[row]!.weights[0]!] as const),
            )
            .sort(([a], [b]) => a - b);
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
    expect(sizes([long], 4)).toEqual([1, 1, 1, 2]);
    expect(sizes([long, long], 2)).toEqual([5, 5]);
    expect(sizes([group(26, [10, 10, 10, 10, 10], 1)], 2)).toEqual([5]);
    expect(sizes([group(2, [40], 1)], 2)).toEqual([1]);
    expect(sizes([group(2, [], 1)], 2)).toEqual([0]);
  });

  test('have about as many tokens as each other where lengths differ', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 2, maxLength: 16 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 2, max: 3 }), (own, pieces) => {
        const completions = own.map((length) => new Int32Array(length));
        const dealt = dealCompletions(completions, pieces);
        expect(dealt.flat().sort((a, b) => a - b)).toEqual([...own.keys()]);
        const sums = dealt.map((places) => places.reduce((sum, place) => sum + own[place]!, 0));
        // Back and forth, two pieces never differ by more than the longest completion.
        expect(Math.max(...sums) - (dealt.length < pieces ? 0 : Math.min(...sums))).toBeLessThanOrEqual(Math.max(...own)); // prettier-ignore
      }),
    );
  });
});
