import { describe, expect, test } from '@jest/globals';
import { bootstrapMean } from '../../src/evaluate/bootstrap.ts';
import { constantControl } from '../../src/evaluate/constant-control.ts';
import { evaluatePolicy } from '../../src/evaluate/evaluate-policy.ts';
import type { EvaluateOptions } from '../../src/evaluate/evaluate-policy.ts';
import { itemOfSample } from '../../src/evaluate/items.ts';
import { compareReports, summarise } from '../../src/evaluate/summarise.ts';
import { swapMedia } from '../../src/evaluate/swap-media.ts';
import { randomStream } from '../../src/random/seed.ts';
import { greedySampling } from '../../src/rollout/greedy-sampling.ts';
import type {
  Benchmark,
  BenchmarkRow,
  FrameTreatment,
  Message,
  Sample,
} from '../../src/spec/index.ts';
import { fakeBenchmark, fakePolicy, fakeSample, fakeScorer } from '../../src/testing/index.ts';

const samples = Array.from({ length: 9 }, (_, index) =>
  fakeSample({
    id: `q${index}`,
    problem: String(index),
    solution: `<answer>${index % 3 === 0 ? 'A' : 'B'}</answer>`,
    questionKind: index < 6 ? 'direction' : 'counting',
    media: { kind: 'video', path: `/videos/${Math.floor(index / 3)}.mp4` },
  }),
);

function benchmark(asked: readonly Sample[] = samples): Benchmark {
  return fakeBenchmark(
    ({ answer }, output) => ({
      score: output.includes(answer) ? 1 : 0,
      measures: { length: output.length },
    }),
    asked.map(itemOfSample),
  );
}

const options: EvaluateOptions = {
  batchSize: 4,
  controls: true,
  seed: 7,
  sampling: greedySampling(4),
};

/** A policy that notes what it was shown. */
function watched(): { policy: ReturnType<typeof fakePolicy>; shown: string[] } {
  const policy = fakePolicy({ maxPromptTokens: 6 });
  const shown: string[] = [];
  const { encode } = policy.processor;
  Object.assign(policy.processor, {
    encode(messages: readonly Message[], frames?: FrameTreatment) {
      const [media, text] = messages[0]!.parts;
      shown.push(
        `${frames?.kind} ${media?.type === 'media' ? media.media.path : ''} ${text?.type === 'text' ? text.text : ''}`,
      );
      return encode(messages, frames);
    },
  });
  return { policy, shown };
}

describe('evaluatePolicy', () => {
  test('asks as filmed, then blank, then with videos of other scenes', async () => {
    const { policy, shown } = watched();
    const report = await evaluatePolicy(policy, benchmark(), options);
    expect(shown).toHaveLength(27);
    expect(shown.slice(0, 9)).toEqual(
      samples.map(({ media, problem }) => `as-filmed ${media.path} ${problem}`),
    );
    expect(shown.slice(9, 18)).toEqual(
      samples.map(({ media, problem }) => `blank ${media.path} ${problem}`),
    );
    for (const [index, line] of shown.slice(18).entries()) {
      expect(line).not.toContain(samples[index]!.media.path);
      expect(line).toMatch(new RegExp(`^as-filmed /videos/\\d\\.mp4 ${index}$`));
    }
    expect(report.rows.map(({ item }) => item.sample)).toEqual(samples);
    expect(Object.keys(report.kinds)).toEqual(['counting', 'direction']);
    expect(report.overall.accuracy.count).toBe(9);
    expect(Object.keys(report.controls)).toEqual(['blank', 'swapped']);
  });

  test('is the same twice, and tells of its progress', async () => {
    const progress: string[] = [];
    const run = (): Promise<unknown> =>
      evaluatePolicy(fakePolicy(), benchmark(), {
        ...options,
        sampling: { ...options.sampling, temperature: 1 },
        controls: false,
        onProgress: (done, total, pass) => progress.push(`${pass} ${done}/${total}`),
      });
    expect(await run()).toEqual(await run());
    expect(progress.slice(0, 3)).toEqual(['as-filmed 4/9', 'as-filmed 8/9', 'as-filmed 9/9']);
  });

  test('lists questions that do not fit, and asks the rest', async () => {
    const long = fakeSample({ id: 'long', problem: '0123456789' });
    const { policy } = watched();
    const report = await evaluatePolicy(policy, benchmark([long, ...samples]), {
      ...options,
      controls: false,
    });
    expect(report.rows).toHaveLength(9);
    expect(report.refused).toEqual([
      { sampleId: 'long', reason: expect.stringContaining('14 tokens') },
    ]);
    await expect(evaluatePolicy(policy, benchmark([long]), options)).rejects.toMatchObject({
      code: 'nothing-to-evaluate',
    });
    await expect(evaluatePolicy(policy, benchmark([]), options)).rejects.toMatchObject({
      code: 'nothing-to-evaluate',
    });
  });

  test('stops when asked to', async () => {
    const signal = AbortSignal.abort();
    await expect(
      evaluatePolicy(fakePolicy(), benchmark(), { ...options, signal }),
    ).rejects.toMatchObject({ code: 'stopped' });
  });
});

describe('controls', () => {
  test('the constant is the best true answer of each kind', () => {
    const rows = samples.map((sample): BenchmarkRow => ({
      item: itemOfSample(sample),
      completion: '',
      verdict: { score: 0, answered: false, counted: true },
    }));
    const judging = fakeScorer(({ answer }, text) => ({
      score: text.endsWith(answer) ? 1 : 0,
      normalised: text.slice(-10, -9),
    }));
    expect(constantControl(judging, rows)).toEqual({
      accuracy: 6 / 9,
      kinds: {
        counting: { answer: 'B', accuracy: 2 / 3 },
        direction: { answer: 'B', accuracy: 4 / 6 },
      },
    });
  });

  test('swapped media are those of another scene, and there must be one', () => {
    const items = samples.map(itemOfSample);
    const swaps = swapMedia(items, 3)!;
    for (const { id, media } of items) expect(swaps.get(id)).not.toEqual(media);
    expect(new Set([...swaps.values()].map(([media]) => media!.path)).size).toBe(3);
    expect(swapMedia(items.slice(0, 3), 3)).toBeUndefined();
  });
});

describe('intervals', () => {
  test('cover the mean of the source about as often as they promise', () => {
    const random = randomStream(11);
    let covered = 0;
    for (let trial = 0; trial < 40; trial++) {
      const values = Array.from({ length: 20 }, () => random());
      const { low, high } = bootstrapMean(values, trial);
      covered += low <= 0.5 && 0.5 <= high ? 1 : 0;
    }
    expect(covered).toBeGreaterThan(32);
  });

  test('of nothing, and of equal values', () => {
    expect(bootstrapMean([], 1)).toEqual({ mean: 0, low: 0, high: 0, count: 0 });
    expect(bootstrapMean([2, 2, 2], 1)).toEqual({ mean: 2, low: 2, high: 2, count: 3 });
    expect(bootstrapMean([2], 1)).toEqual({ mean: 2, low: NaN, high: NaN, count: 1 });
  });

  test('leave out what the scorer does not count', () => {
    const row = (score: number, counted: boolean): BenchmarkRow => ({
      item: itemOfSample(fakeSample({ id: `${score}` })),
      completion: '',
      verdict: { score, answered: counted, counted },
    });
    const { overall } = summarise([row(1, true), row(0, false), row(0.5, true)], 1);
    expect(overall.accuracy).toMatchObject({ mean: 0.75, count: 2 });
  });

  test('of a paired difference are narrower than those of the parts', () => {
    const report = (shift: number): Parameters<typeof compareReports>[0] => {
      const rows = Array.from({ length: 30 }, (_, index): BenchmarkRow => ({
        item: itemOfSample(fakeSample({ id: `q${index}` })),
        completion: '',
        verdict: {
          answered: true,
          counted: true,
          score: (index % 10) / 10 + shift * (1 + (index % 3) / 10),
          measures: { map: index % 2 },
        },
      }));
      const rest = {
        benchmark: 'b',
        seed: 1,
        refused: [],
        constant: { accuracy: 0, kinds: {} },
        controls: {},
      };
      return { ...rest, ...summarise(rows, 1), rows };
    };
    const [before, after] = [report(0), report(0.05)];
    const { accuracy, measures, kinds } = compareReports(before, after);
    expect(accuracy.mean).toBeCloseTo(0.055, 6);
    expect(accuracy.low).toBeGreaterThan(0.05);
    expect(before.overall.accuracy.high - before.overall.accuracy.low).toBeGreaterThan(0.1);
    expect(measures['map']).toEqual({ mean: 0, low: 0, high: 0, count: 30 });
    expect(Object.keys(kinds)).toEqual(['direction']);
    const without = (rows: typeof after.rows) => compareReports(before, { ...after, rows });
    // A video that was there before and is gone now does not end a training at its last step.
    expect(without(after.rows.slice(1).toReversed()).accuracy).toMatchObject({ count: 29 });
    expect(without(after.rows.slice(1)).accuracy.mean).toBeCloseTo(0.055, 3);
    expect(() => without([])).toThrow(/share items/);
  });

  test('kinds stand in one order, whatever language the machine speaks', () => {
    const row = (questionKind: string): BenchmarkRow => ({
      item: itemOfSample(fakeSample({ id: questionKind, questionKind })),
      completion: '',
      verdict: { score: 1, answered: true, counted: true },
    });
    const { kinds } = summarise(['route', 'Size', 'counting'].map(row), 1);
    expect(Object.keys(kinds)).toEqual(['Size', 'counting', 'route']);
  });
});
