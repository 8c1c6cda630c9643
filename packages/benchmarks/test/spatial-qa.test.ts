import { createFromPlugin, itemOfSample, parseOptions } from '@loci/core';
import type { Benchmark, PluginContext, Sample } from '@loci/core';
import { fakeDataset, fakeLogger, fakeSample } from '@loci/core/testing';
import { describe, expect, test } from '@jest/globals';
import { judgeSpatialAnswer, spatialQa } from '../src/index.ts';

const KINDS = ['counting', 'room-size', 'direction'];

const held = Array.from({ length: 30 }, (_, index) =>
  fakeSample({ id: `q${index}`, questionKind: KINDS[index % 3]! }),
);

const warnings: string[] = [];

async function ids(
  options: unknown,
  samples: readonly Sample[] = held,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const sample of (await benchmark(options, samples)).items()) found.push(sample.id);
  return found;
}

function benchmark(options: unknown, samples: readonly Sample[]): Promise<Benchmark> {
  const context: PluginContext = {
    seed: 1,
    baseDirectory: '/',
    logger: { info: () => undefined, warn: (message) => void warnings.push(message) },
    dataset: fakeDataset({ train: [], test: samples }),
    prompt: {
      render: ({ problem }) => [{ role: 'user', parts: [{ type: 'text', text: problem }] }],
    },
  };
  return createFromPlugin(spatialQa, parseOptions(spatialQa, options), context);
}

describe('spatial-qa', () => {
  test('asks every question of the test split once, in an order that depends on the seed', async () => {
    const first = await ids({});
    expect([...first].sort()).toEqual(held.map(({ id }) => id).sort());
    expect(await ids({})).toEqual(first);
    expect(await ids({ seed: 1 })).not.toEqual(first);
  });

  test('asks no more than the limit, and only the kinds wanted', async () => {
    expect(await ids({ limit: 7 })).toEqual((await ids({})).slice(0, 7));
    const counting = await ids({ kinds: ['counting'] });
    expect(counting).toHaveLength(10);
    expect(counting.every((id) => Number(id.slice(1)) % 3 === 0)).toBe(true);
    expect(await ids({ limit: 4, kinds: ['counting'] })).toHaveLength(4);
  });

  test('leaves out problem types that are not spatial', async () => {
    expect(await ids({}, [fakeSample(), fakeSample({ id: 'text', problemType: 'OCR' })])).toEqual([
      'sample-0',
    ]);
  });

  test('a warning counts them, and a test split of nothing else is an error', async () => {
    const types = ['OCR', 'OCR', 'free-form', 'regression'] as const;
    const others = types.map((problemType, index) => fakeSample({ id: `o${index}`, problemType }));
    warnings.length = 0;
    expect(await ids({}, [fakeSample(), ...others])).toEqual(['sample-0']);
    expect(warnings).toHaveLength(1);
    for (const count of [
      '2 of the type "OCR"',
      '1 of the type "free-form"',
      '1 of the type "reg',
    ]) {
      expect(warnings[0]).toContain(count);
    }
    await expect(ids({}, others)).rejects.toMatchObject({ code: 'benchmark-empty' });
    await expect(ids({ kinds: ['nothing'] })).rejects.toThrow('of the kinds nothing');
  });

  test('needs a dataset, and says so', async () => {
    const context = { seed: 1, baseDirectory: '/', logger: fakeLogger() };
    await expect(
      createFromPlugin(spatialQa, parseOptions(spatialQa, {}), context),
    ).rejects.toMatchObject({ code: 'benchmark-context' });
  });
});

const judge = (sample: Sample, completion: string) =>
  judgeSpatialAnswer(itemOfSample(sample), completion);

describe('judgeSpatialAnswer', () => {
  const choice = fakeSample({
    map: {
      chair: [
        [1, 2],
        [8, 8],
      ],
      table: [[4, 5]],
    },
  });
  const number = fakeSample({
    problemType: 'numerical',
    options: [],
    solution: '<answer>4.0</answer>',
  });

  test.each([
    ['<think></think><answer>B</answer>', 1],
    ['<think><answer>B</answer></think><answer>A</answer>', 0],
    ['<answer>b</answer>', 0],
    ['B', 0],
    ['', 0],
  ])('a choice answered %j scores %d', (completion, score) => {
    expect(judge(choice, completion).score).toBe(score);
  });

  test.each([
    ['4', 1],
    ['4.2 metres', 1],
    ['6', 0.1],
    ['400', 0],
    ['many', 0],
  ])('a number answered %j scores %d', (answer, score) => {
    expect(judge(number, `<answer>${answer}</answer>`).score).toBeCloseTo(score);
  });

  test('measures format and map; the true map scores 1, no map 0', () => {
    const gold =
      '<think><map>{"chair":[[1,2],[8,8]],"table":[[4,5]]}</map></think><answer>B</answer>';
    expect(judge(choice, gold).measures).toEqual({ format: 1, map: 1, hit1: 1 });
    expect(judge(choice, '<answer>B</answer>').measures).toEqual({
      format: 0,
      map: 0,
      hit1: 0,
    });
    const half = judge(choice, '<map>{"chair":[[1,3]],"table":[[9,9]]}</map>').measures!;
    expect(half['hit1']).toBeCloseTo(1 / 3);
    expect(half['map']).toBeGreaterThan(0);
    expect(judge(number, '<answer>4</answer>').measures).toEqual({ format: 0 });
  });

  test('says why an answer scores nothing', () => {
    expect(judge(choice, 'B').reason).toBe('no answer tag');
    expect(judge(choice, '<answer> </answer>').reason).toBe('empty answer');
    expect(judge(number, '<answer>x</answer>').reason).toBe('no number in the answer');
  });

  test('a record whose answer cannot be read is an error, never a 0', () => {
    const broken = { ...number, solution: '<answer>unknown</answer>' };
    expect(() => judge(broken, '<answer>4</answer>')).toThrow(/sample-0/);
  });
});
