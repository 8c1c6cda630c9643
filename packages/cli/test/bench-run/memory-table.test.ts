import { expect, test } from '@jest/globals';
import { FakePolicy } from '@loci/core/testing';
import { growthRows, memoryRows, takeMemory } from '../../src/bench-run/memory-table.ts';

const ENGINE = {
  stored: { current: 100, start: 100, mean: 100, 'pastKey.0': 30 },
  heapTotal: 40,
  arrayBuffers: 350,
};

test('every byte has one line', () => {
  const main = { heapTotal: 60, arrayBuffers: 200 };
  const rows = memoryRows({ resident: 1000, engine: ENGINE, notes: [], main });
  expect(rows.reduce((total, [, bytes]) => total + bytes, 0)).toBe(1000);
  expect(Object.fromEntries(rows)).toMatchObject({
    weights: 100,
    'start weights': 100,
    'first moments': 100,
    'other arrays of the worker': 20,
    'libraries, sessions and their arenas': 350,
  });
});

test('requests grow the memory for a purpose', () => {
  const run = (fetch: string, residentBytes: number) => ({
    ...{ kind: 'run', fetches: [fetch], residentBytes },
  });
  const notes = [
    ...[run('tokens', 5), run('logProbs', 7), run('promptKey.0', 3), run('tokens', 4)],
    ...[
      { kind: 'create', residentBytes: 50 },
      { kind: 'release', residentBytes: -20 },
    ],
    { kind: 'run', fetches: ['logProbs', 'loss'], residentBytes: 8 },
  ];
  expect(growthRows(notes)).toEqual([
    ['making sessions', 50],
    ['decoding', 9],
    ['gradients', 8],
    ['log-probabilities', 7],
    ['prefill', 3],
    ['releasing sessions', -20],
  ]);
});

test('an engine that does not report its memory has no table', async () => {
  expect(await takeMemory(new FakePolicy())).toBeUndefined();
});
