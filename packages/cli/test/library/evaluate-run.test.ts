/** How an evaluation from a script takes an answer without text. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RUN, createRun, definePlugin } from '@loci/core';
import type { BenchmarkItem, Run } from '@loci/core';
import { fakeBenchmark, fakeDataset, fakeLogger, fakePolicy, fakeSample } from '@loci/core/testing';
import { z } from 'zod';
import { evaluateRun } from '../../src/library/evaluate-run.ts';

const items = Array.from({ length: 3 }, (_, index): BenchmarkItem => ({
  id: `q${index}`,
  task: 'near',
  groups: {},
  question: String(index),
  options: [],
  answer: 'A',
  media: [{ kind: 'video', path: `/data/${index}.mp4` }],
}));

/** A run whose model ends each answer at once. */
function silentRun(): Promise<Run> {
  const policy = fakePolicy();
  Object.assign(policy.processor, { detokenize: () => '' });
  const named = { name: 'silent', description: 'for tests', options: z.strictObject({}) };
  const dataset = fakeDataset({ train: [fakeSample()], test: [fakeSample()] });
  const benchmark = fakeBenchmark(() => ({ score: 0 }), items);
  const plugins = [
    definePlugin({ ...named, kind: 'policy', create: () => policy }),
    definePlugin({ ...named, kind: 'dataset', create: () => dataset }),
    definePlugin({ ...named, kind: 'benchmark', create: () => benchmark }),
  ];
  return createRun({
    config: {
      ...DEFAULT_RUN,
      ...{ policy: { use: 'silent' }, dataset: { use: 'silent' }, benchmark: { use: 'silent' } },
      prompt: { use: 'map-imagination' },
      rewards: [],
      evaluate: { ...DEFAULT_RUN.evaluate, questions: 3, decoding: 'greedy', controls: false },
    },
    plugins,
    baseDirectory: '/',
    logger: fakeLogger(),
  });
}

const directory = () => join(mkdtempSync(join(tmpdir(), 'loci-silent-')), 'evaluation');

describe('an answer without text', () => {
  test('is none by default', async () => {
    const run = await silentRun();
    await expect(evaluateRun(run, { directory: directory() })).rejects.toMatchObject({
      code: 'model-unavailable',
    });
    await run.dispose();
  });

  test('is a wrong one where a script says so, as experiments do', async () => {
    const run = await silentRun();
    const { report } = await evaluateRun(run, { directory: directory(), takesSilence: true });
    expect(report.failed).toEqual([]);
    expect(report.conditions['as-filmed']?.scorers[0]?.headline.value).toBe(0);
    await run.dispose();
  });
});
