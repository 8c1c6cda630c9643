import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PolicyGroup } from '@loci/core';
import { parseModel } from '../../src/models/index.ts';
import { bucketLength } from '../../src/engine/batch-layout.ts';
import { attentionBands } from '../../src/models/spec/batches.ts';
import { planMicroBatches, type MicroBatch } from '../../src/engine/micro-batches.ts';
import { tinyConfigJson } from '../support/tiny-config.ts';

const { batches } = parseModel(tinyConfigJson());

function group(promptLength: number, lengths: readonly number[], videos = 0): PolicyGroup {
  const grid = [1, 4, 4] as const;
  const video = { kind: 'video', grid, patches: new Float32Array(), secondsPerGrid: 1 } as const;
  return {
    prompt: {
      tokenIds: new Int32Array(promptLength),
      media: new Array<typeof video>(videos).fill(video),
    },
    completions: lengths.map((length) => new Int32Array(length)),
  };
}

describe('buckets', () => {
  test('are never too small, and waste at most one step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), (length) => {
        const bucket = bucketLength(length);
        expect(bucket).toBeGreaterThanOrEqual(Math.max(length, 16));
        expect(bucket - length).toBeLessThanOrEqual(length <= 128 ? 16 : length <= 512 ? 31 : 127);
        expect(bucketLength(bucket)).toBe(bucket);
      }),
    );
  });
});

describe('micro-batches', () => {
  test('the memory of a group grows by every medium that it has', () => {
    const bytesOf = (videos: number) => {
      const [run] = planMicroBatches([group(40, [8, 8], videos)], batches, Infinity);
      return batches.bytes(run!.layout);
    };
    const [none, one, two, three] = [0, 1, 2, 3].map(bytesOf) as [number, number, number, number];
    expect(one).toBeGreaterThan(none);
    expect(two - one).toBeGreaterThan(0);
    expect(three - two).toBeCloseTo(two - one, 0);
    // Where one group of three videos fits at a time, they run one by one.
    const groups = [3, 3, 3].map((videos) => group(40, [8, 8], videos));
    expect(planMicroBatches(groups, batches, three * 1.5)).toHaveLength(3);
    expect(planMicroBatches(groups, batches, three * 4)).toHaveLength(1);
  });

  test('count every group with completions exactly once, within the bound', () => {
    const groups = fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
        fc.integer({ min: 0, max: 2 }),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 40 }), (made, megabytes) => {
        const batch = made.map(([prompt, lengths, videos]) => group(prompt, lengths, videos));
        const maxBytes = megabytes * 2 ** 20;
        const plan = planMicroBatches(batch, batches, maxBytes);
        const counted = plan.flatMap(({ members, real }) => members.slice(0, real));
        const expected = batch.flatMap(({ completions }, at) =>
          completions.length > 0 ? [at] : [],
        );
        expect([...counted].sort((a, b) => a - b)).toEqual(expected);
        for (const { layout, members } of plan) {
          expect(members).toHaveLength(layout.groups);
          for (const at of members) {
            const { prompt, completions } = batch[at]!;
            expect(completions).toHaveLength(layout.completions);
            expect(prompt.tokenIds.length).toBeLessThanOrEqual(layout.promptLength);
            expect(Math.max(...completions.map(({ length }) => length))).toBeLessThanOrEqual(
              layout.completionLength,
            );
            expect(layout.media?.patches ?? 0).toBe(16 * prompt.media.length * layout.groups);
          }
          if (layout.groups > 1) expect(batches.bytes(layout)).toBeLessThanOrEqual(maxBytes);
        }
      }),
    );
  });

  test('equal layouts come out equal, so that compiled graphs are found again', () => {
    const one = planMicroBatches([group(20, [5, 9]), group(30, [16, 2])], batches, 2 ** 30);
    const two = planMicroBatches([group(17, [12, 1]), group(25, [3, 3])], batches, 2 ** 30);
    expect(JSON.stringify(one[0]!.layout)).toBe(JSON.stringify(two[0]!.layout));
  });

  test('an odd number of groups is filled up by repeating the last', () => {
    const [{ members, real }] = planMicroBatches(
      Array.from({ length: 7 }, () => group(4, [2])),
      batches,
      2 ** 30,
    ) as [ReturnType<typeof planMicroBatches>[number]];
    expect([members, real]).toEqual([[0, 1, 2, 3, 4, 5, 6, 6], 7]);
  });

  test('are as many as asked for where there are groups for them, of sizes that graphs are built for', () => {
    const sizes = (groups: number, least: number) =>
      planMicroBatches(
        Array.from({ length: groups }, () => group(20, [5, 9])),
        batches,
        2 ** 30,
        {},
        least,
      ).map(({ real }) => real);
    expect(sizes(8, 2)).toEqual([4, 4]);
    expect(sizes(7, 2)).toEqual([4, 3]);
    expect(sizes(9, 2)).toEqual([6, 3]);
    expect(sizes(3, 4)).toEqual([1, 1, 1]);
    expect(sizes(1, 2)).toEqual([1]);
  });

  test('have about as many tokens as each other, whatever the order of the groups', () => {
    const batch = [9, 1, 8, 2, 7, 3, 6, 4].map((length) => group(20, [10 * length, 10 * length]));
    const plan = planMicroBatches(batch, batches, 2 ** 30, {}, 2);
    const tokens = plan.map(({ members }) =>
      members.reduce((sum, index) => sum + batch[index]!.completions[0]!.length, 0),
    );
    expect(tokens).toEqual([200, 200]);
    for (const { members } of plan) expect(members).toEqual([...members].sort((a, b) => a - b));
  });

  test('are packed to within a twelfth of the padded rows', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 128 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(lengths, (own) => {
        const batch = Array.from({ length: 4 }, () => group(20, own));
        const [{ layout }] = planMicroBatches(batch, batches, 2 ** 40) as [MicroBatch];
        const padded = 32 * layout.completionLength;
        const rows = layout.packedRows ?? padded;
        const needed = 4 * own.reduce((sum, length) => sum + length, 0);
        expect(rows).toBeGreaterThan(layout.packedRows === undefined ? 0 : needed);
        if (padded >= 512) expect(rows - needed).toBeLessThanOrEqual(padded / 12 + 1);
        expect(Number.isInteger(rows)).toBe(true);
      }),
    );
  });

  /** Lengths of eight completions, in four groups each. */
  const eight = fc.array(fc.integer({ min: 1, max: 128 }), { minLength: 8, maxLength: 8 });

  test('pad completions that differ much in bands, which hold every one of them', () => {
    let inBands = 0;
    fc.assert(
      fc.property(fc.array(eight, { minLength: 4, maxLength: 4 }), (lengths) => {
        const batch = lengths.map((own) => group(20, own));
        const [{ layout }] = planMicroBatches(batch, batches, 2 ** 40) as [MicroBatch];
        const sorted = lengths.flat().sort((a, b) => a - b);
        const bands = attentionBands(layout);
        const rows = bands.reduce((sum, band) => sum + band.completions * band.length, 0);
        if (bands.length > 1) {
          inBands++;
          expect(rows).toBeGreaterThan(sorted.reduce((sum, length) => sum + length, 0));
          expect(rows).toBeLessThanOrEqual(0.8 * sorted.length * layout.completionLength);
        }
        const places = bands.flatMap(({ completions, length }) =>
          new Array<number>(completions).fill(length),
        );
        expect(places).toHaveLength(sorted.length);
        sorted.forEach((length, at) => expect(length).toBeLessThanOrEqual(places[at]!));
        expect(Math.max(...places)).toBe(layout.completionLength);
      }),
    );
    expect(inBands).toBeGreaterThan(50);
  });

  test('keep a row of padding where completions would fill their bands', () => {
    for (const shorter of [0, 1]) {
      const lengths = [32, 32, 64, 64, 96, 96, 128, 128 - shorter];
      const batch = [group(16, lengths)];
      const [{ layout }] = planMicroBatches(batch, batches, 2 ** 40) as [MicroBatch];
      expect(layout.packedRows).toBeDefined();
      expect(layout.bands !== undefined).toBe(shorter > 0);
      expect(() => batches.tensors(layout, batch, '4.49')).not.toThrow();
    }
  });

  test('pad completions of like lengths alike, and have few different bands', () => {
    const bandsOf = (lengths: readonly number[]) =>
      planMicroBatches([group(20, lengths), group(20, lengths)], batches, 2 ** 40)[0]!.layout.bands;
    expect(bandsOf([90, 94, 128, 100, 80, 85, 110, 70])).toBeUndefined();
    const different = new Set<string>();
    fc.assert(
      fc.property(eight, (lengths) => {
        different.add(JSON.stringify(bandsOf([128, ...lengths.slice(1)])));
      }),
      { numRuns: 1000 },
    );
    // Three quarters that rise in steps of a quarter below the longest: 20 ways, of which some spare too little.
    expect(different.size).toBeGreaterThan(5);
    expect(different.size).toBeLessThanOrEqual(20);
  });

  test('are smaller where entropies are differentiated beside a large head', () => {
    const many = parseModel({ ...tinyConfigJson(), vocab_size: 60_000 });
    const batch = Array.from({ length: 8 }, () => group(20, [90, 90]));
    const [plain, entropies] = [{}, { entropies: true }].map((kind) =>
      planMicroBatches(batch, many.batches, 160 * 2 ** 20, kind),
    );
    expect(entropies!.length).toBeGreaterThan(plain!.length);
  });
});
