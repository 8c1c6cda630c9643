import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { map } from 'rxjs';
import { LociError } from '../../../src/errors/loci-error.ts';
import {
  evaluationReport,
  languageShare,
  silentIn,
} from '../../../src/evaluate/figures/evaluation-report.ts';
import { readPredictions } from '../../../src/evaluate/store/predictions.ts';
import type { PredictionLine, PredictionRow } from '../../../src/evaluate/store/predictions.ts';
import type { SampleRequest } from '../../../src/spec/index.ts';
import { fakeBenchmark, fakePolicy } from '../../../src/testing/index.ts';
import {
  benchmarkOf,
  evaluated,
  failing,
  itemsOf,
  options,
  saying,
  statuses,
} from './failing-policy.ts';

describe('a request that is forbidden', () => {
  test('is a failure of its item once the model has answered', async () => {
    const { policy } = failing('remote-forbidden', (call) => call === 2);
    const rows = await evaluated(policy, benchmarkOf(4), options);
    expect(statuses(rows)).toEqual(['answered', 'answered', 'failed', 'answered']);
  });

  test('may be the first of all', async () => {
    const { policy } = failing('remote-forbidden', (call) => call < 2);
    const rows = await evaluated(policy, benchmarkOf(4), options);
    expect(statuses(rows)).toEqual(['failed', 'failed', 'answered', 'answered']);
  });

  test.each([2, 9])(
    'ends the run when the first are all forbidden, of %i items',
    async (length) => {
      const { policy, calls } = failing('remote-forbidden', () => true);
      await expect(evaluated(policy, benchmarkOf(length), options)).rejects.toMatchObject({
        code: 'remote-forbidden',
        message: expect.stringContaining('check that the key'),
      });
      expect(calls()).toBe(Math.min(length, 3));
    },
  );
});

test('a model that answers nothing makes no report of zeros', async () => {
  const { policy } = failing('remote-refused', () => true);
  await expect(evaluated(policy, benchmarkOf(5), options)).rejects.toMatchObject({
    code: 'model-unavailable',
    message: expect.stringContaining('No question was answered, 5 failed'),
  });
});

test('an evaluation in which only refused items are left comes to its end', async () => {
  const refuses = (call: number) => call % 2 === 0;
  const first = failing('remote-refused', refuses);
  const earlier = await evaluated(first.policy, benchmarkOf(60), options);
  const again = failing('remote-refused', () => true);
  const rows = await evaluated(again.policy, benchmarkOf(60), { ...options, earlier });
  expect(again.calls()).toBe(30);
  expect(statuses(rows).filter((status) => status === 'failed')).toHaveLength(30);
  const gone = failing('remote-unavailable', () => true);
  await expect(
    evaluated(gone.policy, benchmarkOf(60), { ...options, earlier }),
  ).rejects.toMatchObject({ code: 'model-unavailable' });
});

describe('a model that says nothing', () => {
  test.each(['', ' \n', '<think>Hm.</think>'])('makes no report: %j', async (text) => {
    const benchmark = { ...benchmarkOf(3), setup: { prompt: 'official' } as const };
    await expect(evaluated(saying(text).policy, benchmark, options)).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('said nothing'),
    });
  });

  test('once leaves that question asked in vain, to be asked again', async () => {
    const lines: PredictionLine[] = [];
    const keep = (more: readonly PredictionLine[]) => void lines.push(...more);
    const rows = await evaluated(saying('A', '', 'A').policy, benchmarkOf(3), {
      ...options,
      keep,
    });
    expect(statuses(rows)).toEqual(['answered', 'failed', 'answered']);
    const again = saying('A');
    const whole = await evaluated(again.policy, benchmarkOf(3), { ...options, earlier: rows });
    expect(statuses(whole)).toEqual(['answered', 'answered', 'answered']);
    expect(again.limits).toHaveLength(1);
  });

  test('is scored where that is wanted, as in training', async () => {
    const { policy } = saying('');
    const rows = await evaluated(policy, benchmarkOf(3), { ...options, takesSilence: true });
    expect(statuses(rows)).toEqual(['answered', 'answered', 'answered']);
  });

  test('in a file of an earlier version has not answered', () => {
    const row = { pass: 'as-filmed', item: itemsOf(1)[0], promptHash: 'x', shown: [] };
    const file = join(mkdtempSync(join(tmpdir(), 'loci-')), 'predictions.jsonl');
    const prediction = { status: 'answered', output: '\n' };
    writeFileSync(file, `${JSON.stringify({ ...row, prediction })}\n`);
    expect(statuses(readPredictions(file))).toEqual(['failed']);
  });
});

test('items none of which can be asked make no report of zeros', async () => {
  const items = itemsOf(3).map((item) => ({ ...item, missing: 'There is no video' }));
  const benchmark = fakeBenchmark(() => ({ score: 1 }), items);
  await expect(evaluated(fakePolicy(), benchmark, options)).rejects.toMatchObject({
    code: 'nothing-to-evaluate',
    message: expect.stringContaining('There is no video'),
  });
});

test('frames that are not ours are told before anything is asked', async () => {
  const { policy, calls } = failing('none', () => false);
  const { encode } = policy.processor;
  Object.assign(policy.processor, {
    encode: (...[messages, treatment]: Parameters<typeof encode>) =>
      treatment?.kind === 'blank'
        ? Promise.reject(new LociError('frames-not-ours', 'the server cuts videos itself'))
        : encode.call(policy.processor, messages, treatment),
  });
  const conditions = ['as-filmed', 'blank'] as const;
  await expect(evaluated(policy, benchmarkOf(3), { ...options, conditions })).rejects.toMatchObject(
    {
      code: 'frames-not-ours',
    },
  );
  expect(calls()).toBe(0);
});

test('nothing is said of language when black frames were not answered', async () => {
  const benchmark = benchmarkOf(4);
  const conditions = ['as-filmed', 'blank'] as const;
  const whole = await evaluated(fakePolicy(), benchmark, { ...options, conditions });
  expect(languageShare(evaluationReport(benchmark, whole.values(), 1))).toBeDefined();
  const rows = [...whole.values()].map((row): PredictionRow =>
    row.condition === 'blank' && row.item.id === 'q0'
      ? { ...row, prediction: { status: 'not-asked', reason: 'not ours' } }
      : row,
  );
  const report = evaluationReport(benchmark, rows, 1);
  expect(languageShare(report)).toBeUndefined();
  expect(silentIn(report, 'blank')).toBe(1);
});

test('thinking that a server tells apart is no part of an answer in the official style', async () => {
  const policy = fakePolicy();
  const { sample } = policy;
  Object.assign(policy, {
    sample: (request: SampleRequest) =>
      sample.call(policy, request).pipe(
        map((event) => {
          if (event.type !== 'completion') return event;
          const text = policy.processor.detokenize(event.tokenIds);
          return { ...event, answer: text.slice(1) };
        }),
      ),
  });
  const ask = async (prompt: 'official' | 'thinking') => {
    const benchmark = { ...benchmarkOf(1), setup: { prompt } };
    const [row] = (await evaluated(policy, benchmark, options)).values();
    return row?.prediction as { output: string; thinking?: string };
  };
  const official = await ask('official');
  const thinking = await ask('thinking');
  expect(thinking.thinking).toBeUndefined();
  expect(official.thinking).toHaveLength(1);
  expect(`${official.thinking}${official.output}`).toBe(thinking.output);
});
