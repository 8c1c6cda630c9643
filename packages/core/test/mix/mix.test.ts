import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mix } from '../../src/mix/mix.ts';
import { passSizes, placesOf } from '../../src/mix/mixture.ts';
import type { Dataset, Sample, Split } from '../../src/spec/index.ts';
import { LociError } from '../../src/errors/loci-error.ts';
import {
  describeDatasetContract,
  fakeDataset,
  fakeLogger,
  fakeSample,
} from '../../src/testing/index.ts';
import { metricsOf, temporaryFolder, toyRun, trainToy } from '../toy-run.ts';

const samplesOf = (name: string, count: number): readonly Sample[] =>
  Array.from({ length: count }, (_, index) => fakeSample({ id: `${name}${index}` }));

/** Three datasets: of 6, 3 and 1 questions to train on; the last has none to test on. */
const MIXED: readonly Dataset[] = [
  fakeDataset({ train: samplesOf('a', 6), test: samplesOf('at', 2) }),
  fakeDataset({ train: samplesOf('b', 3), test: samplesOf('bt', 1) }),
  {
    async open(split: Split) {
      if (split === 'test') throw new LociError('split-missing', 'no test split');
      return fakeDataset({ train: samplesOf('c', 1), test: [] }).open(split);
    },
  },
];

async function mixture(entries: readonly object[], seed = 1): Promise<Dataset> {
  const of = entries.map((entry, index) => ({ use: `set${index}`, ...entry }));
  const parsed = mix.options.parse({ of });
  const context = { seed, baseDirectory: '.', logger: fakeLogger() };
  return mix.create(parsed, { ...context, mixed: MIXED.slice(0, of.length) });
}

async function idsOf(dataset: Dataset, split: Split = 'train'): Promise<readonly string[]> {
  const source = await dataset.open(split);
  const ids: string[] = [];
  for (let index = 0; index < source.size; index++) ids.push((await source.at(index)).id);
  await source.close();
  return ids;
}

const countOf = (ids: readonly string[], name: string): number =>
  ids.filter((id) => id.startsWith(`${name}/`)).length;

describeDatasetContract({
  name: 'mix',
  create: () => mixture([{}, { name: 'second' }]),
});

describe('a mixture', () => {
  test('holds every question once where nothing is said, under the name of its dataset', async () => {
    const ids = await idsOf(await mixture([{}, { name: 'mine' }, {}]));
    expect(new Set(ids).size).toBe(10);
    expect([countOf(ids, 'set0'), countOf(ids, 'mine'), countOf(ids, 'set2')]).toEqual([6, 3, 1]);
    const source = await (await mixture([{}, {}])).open('train');
    expect(await source.at(7)).toMatchObject({ dataset: 'set1' });
  });

  test('takes so many of a dataset, and repeats what is short', async () => {
    const ids = await idsOf(await mixture([{ samples: 2 }, { samples: 7 }]));
    expect([countOf(ids, 'set0'), countOf(ids, 'set1')]).toEqual([2, 7]);
    expect(new Set(ids.filter((id) => id.startsWith('set1')))).toEqual(
      new Set(['set1/b0', 'set1/b1', 'set1/b2']),
    );
  });

  test('draws by weight, and shows every question at least once', async () => {
    const ids = await idsOf(await mixture([{ weight: 1 }, { weight: 3 }]));
    expect([countOf(ids, 'set0'), countOf(ids, 'set1')]).toEqual([6, 18]);
    expect(new Set(ids).size).toBe(9);
  });

  test('is the same for the same seed, and another for another', async () => {
    const entries = [{ samples: 3 }, {}];
    const [one, again, other] = [1, 1, 2].map(async (seed) => idsOf(await mixture(entries, seed)));
    expect(await one).toEqual(await again);
    expect(await one).not.toEqual(await other);
  });

  test('tests on every test question once, and passes over a dataset without any', async () => {
    const ids = await idsOf(await mixture([{ weight: 5 }, { weight: 1 }, { weight: 1 }]), 'test');
    expect([...ids].sort()).toEqual(['set0/at0', 'set0/at1', 'set1/bt0']);
  });

  test.each([
    [[{ weight: 1, samples: 2 }], /not both/],
    [[{ name: 'x' }, { name: 'x' }], /same name/],
    [[{ weight: 0 }], /weight/],
  ])('%j is refused', async (entries, complaint) => {
    await expect(mixture(entries)).rejects.toThrow(complaint);
  });

  test('with a weight here and none there is a named error', async () => {
    await expect((await mixture([{ weight: 1 }, {}])).open('train')).rejects.toMatchObject({
      code: 'mix-weights',
    });
  });
});

test('shares are those of the weights, and no part is cut', () => {
  const part = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    size: fc.integer({ min: 1, max: 200 }),
    weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const counts = passSizes(parts);
      const total = counts.reduce((sum, count) => sum + count, 0);
      const weights = parts.reduce((sum, { weight }) => sum + weight, 0);
      for (const [index, { size, weight }] of parts.entries()) {
        expect(counts[index]).toBeGreaterThanOrEqual(size);
        // Each count is rounded by itself.
        expect(Math.abs(counts[index]! - (total * weight) / weights)).toBeLessThan(
          parts.length + 1,
        );
      }
    }),
  );
});

test('the places of a part go through all of it before any comes again', () => {
  const places = placesOf({ name: 'a', size: 4 }, 10, 7);
  expect(new Set(places.slice(0, 4))).toEqual(new Set([0, 1, 2, 3]));
  expect(new Set(places.slice(4, 8))).toEqual(new Set([0, 1, 2, 3]));
  expect(places).toHaveLength(10);
});

describe('a run on a list of datasets', () => {
  const LIST = 'dataset=[{use: toy, name: one, weight: 1}, {use: toy, name: two, weight: 3}]';

  test('draws from each, has figures by dataset, and goes on after a stop as if there had been none', async () => {
    const [whole, stopped] = [temporaryFolder(), temporaryFolder()];
    const { events } = await trainToy(whole, [LIST]);
    const metrics = metricsOf(events);
    const groups = (name: string): number =>
      metrics.reduce((sum, figures) => sum + (figures[`dataset/${name}/groups`] ?? 0), 0);
    expect(groups('one') + groups('two')).toBe(6 * 4);
    expect(groups('two')).toBeGreaterThan(groups('one'));
    expect(metrics.some((figures) => figures['dataset/two/reward']! >= 0)).toBe(true);
    await trainToy(
      stopped,
      [LIST],
      {},
      {
        onEvent: (event, stop) => {
          if (event.type === 'step-end' && event.step === 3) stop();
        },
      },
    );
    await trainToy(stopped, [LIST], {}, { resume: true });
    const rollouts = (folder: string) => readFileSync(join(folder, 'rollouts.jsonl'), 'utf8');
    expect(rollouts(stopped)).toBe(rollouts(whole));
    expect(rollouts(whole)).toContain('"dataset":"two"');
    expect(readFileSync(join(whole, 'config.yaml'), 'utf8')).toMatch(/use: mix\n {2}of:\n/);
  });

  test('with a dataset that does not exist, or a wrong option, names its place', async () => {
    await expect(toyRun(temporaryFolder(), ['dataset=[{use: toy}, {use: tyo}]'])).rejects.toThrow(
      /dataset\.of\.1\.use: .*"tyo"; known: mix, toy/,
    );
    await expect(
      toyRun(temporaryFolder(), ['dataset=[{use: toy}, {use: toy, name: x, page: 2}]']),
    ).rejects.toThrow(/dataset\.of\.1\.page: unknown key/);
  });
});
