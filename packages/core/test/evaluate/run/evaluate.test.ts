import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { NEVER, finalize, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError } from '../../../src/errors/loci-error.ts';
import {
  evaluationReport,
  languageShare,
} from '../../../src/evaluate/figures/evaluation-report.ts';
import { EVALUATION_CONDITIONS } from '../../../src/evaluate/items/conditions.ts';
import { EvaluationStore, readEvaluation } from '../../../src/evaluate/store/evaluation-store.ts';
import { evaluate } from '../../../src/evaluate/run/evaluate.ts';
import { takeItems } from '../../../src/evaluate/items/take-items.ts';
import type { SampleRequest } from '../../../src/spec/index.ts';
import { fakeBenchmark, fakePolicy } from '../../../src/testing/index.ts';
import { benchmark, counting, items, options } from './ten-items.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'loci-evaluation-'));
const record = {
  version: 2,
  samples: 1,
  benchmark: { use: 'fake' },
  setup: { prompt: 'run' },
  policy: { use: 'fake' },
  model: 'a table',
  sampling: options.sampling,
  seed: 5,
} as const;

test('every item is asked once under each condition, missing ones are named, images have no shuffled frames', async () => {
  const { policy, asked } = counting();
  const rows = await evaluate(policy, benchmark, items, {
    ...options,
    conditions: EVALUATION_CONDITIONS.filter((condition) => condition !== 'images'),
    keep: () => undefined,
  });
  // As filmed, blank, mirrored and swapped; shuffled, reversed and the first frame have no meaning for the one picture.
  expect(asked()).toBe(4 * 9 + 3 * 8);
  const report = evaluationReport(benchmark, rows.values(), 1);
  expect(report.items).toBe(10);
  expect(report.notAsked.filter(({ condition }) => condition === 'as-filmed')).toEqual([
    { condition: 'as-filmed', id: 'q4', reason: 'there is no 2.mp4' },
  ]);
  expect(Object.keys(report.conditions)).toHaveLength(7);
  expect(report.conditions.shuffled?.scorers[0]?.items).toBe(9);
  const share = languageShare(report);
  expect(share?.share).toBeCloseTo(share!.blank.value / share!.full.value);
});

test('each line names what was shown: under `swapped` the video of another scene', async () => {
  const rows = await evaluate(fakePolicy(), benchmark, items, {
    ...options,
    conditions: ['as-filmed', 'swapped'],
    keep: () => undefined,
  });
  const shown = (condition: string): readonly (string | undefined)[] =>
    ['q0', 'q1'].map((id) => rows.get(`${condition}\n${id}`)?.media?.[0]?.path);
  expect(shown('as-filmed')).toEqual(['/data/videos/0.mp4', '/data/videos/0.mp4']);
  for (const path of shown('swapped')) expect(path).toMatch(/^\/data\/videos\/[1-4]\.mp4$/);
});

test('a killed evaluation goes on where it was, and ends as one that was not killed', async () => {
  const whole = await evaluate(fakePolicy(), benchmark, items, {
    ...options,
    keep: () => undefined,
  });

  const directory = folder();
  const first = EvaluationStore.open(directory, record);
  const killed = evaluate(fakePolicy(), benchmark, items, {
    ...options,
    keep: (lines) => first.keep(lines),
    onProgress: ({ done }) => {
      if (done >= 6) throw new Error('killed');
    },
  });
  await expect(killed).rejects.toThrow('killed');
  first.close();
  appendFileSync(join(directory, 'predictions.jsonl'), '{"pass": "as-fil');

  const store = EvaluationStore.open(directory, record);
  const { policy, asked } = counting();
  const rows = await evaluate(policy, benchmark, items, {
    ...options,
    earlier: store.earlier,
    keep: (lines) => store.keep(lines),
  });
  store.close();
  expect(asked()).toBe(4);
  expect(evaluationReport(benchmark, rows.values(), 1)).toEqual(
    evaluationReport(benchmark, whole.values(), 1),
  );
  expect([...readEvaluation(directory).rows.keys()].sort()).toEqual([...rows.keys()].sort());
});

test('a question that has changed since is asked again', async () => {
  const kept = await evaluate(fakePolicy(), benchmark, items, {
    ...options,
    keep: () => undefined,
  });
  const changed = items.map((item) => (item.id === 'q0' ? { ...item, question: '7' } : item));
  const { policy, asked } = counting();
  const judge = () => ({ score: 0 });
  await evaluate(policy, fakeBenchmark(judge), changed, {
    ...options,
    earlier: kept,
    keep: () => undefined,
  });
  expect(asked()).toBe(1);
});

test('a failure of one question is kept and asked again; a long row of them ends the evaluation, whatever is not asked among them', async () => {
  const policy = fakePolicy();
  const { sample } = policy;
  Object.assign(policy.capabilities, { concurrentSamples: 1 });
  let failing: (call: number) => boolean = (call) => call === 2;
  let calls = 0;
  Object.assign(policy, {
    sample: (request: SampleRequest) =>
      failing(++calls)
        ? throwError(() => new LociError('remote-refused', 'too rude', { concerns: 'item' }))
        : sample.call(policy, request),
  });
  const rows = await evaluate(policy, benchmark, items, { ...options, keep: () => undefined });
  const report = evaluationReport(benchmark, rows.values(), 1);
  expect(report.failed).toEqual([{ condition: 'as-filmed', id: 'q1', reason: 'too rude' }]);
  calls = 10;
  const again = { ...options, earlier: rows, keep: () => undefined };
  expect(
    evaluationReport(benchmark, (await evaluate(policy, benchmark, items, again)).values(), 1)
      .failed,
  ).toEqual([]);
  expect(calls).toBe(11);

  failing = () => true;
  const many = fakeBenchmark(
    () => ({ score: 1 }),
    Array.from({ length: 30 }, (_, index) => ({
      ...items[0]!,
      id: `r${index}`,
      ...(index % 6 === 5 && { missing: 'no video' }),
    })),
  );
  await expect(
    evaluate(policy, many, await takeItems(many, { seed: 5 }), {
      ...options,
      keep: () => undefined,
    }),
  ).rejects.toMatchObject({ code: 'model-unavailable' });
});

test('a judge is asked about what no rule decides, also of answers that are kept, and once only', async () => {
  const undecided = {
    ...benchmark,
    judgePrompt: ({ id }: { readonly id: string }) => (id === 'q1' ? 'right?' : undefined),
  };
  const kept = await evaluate(fakePolicy(), undecided, items, {
    ...options,
    keep: () => undefined,
  });
  const asked: string[] = [];
  const judge = (question: string) => Promise.resolve(`${asked.push(question)}`);
  const { policy, asked: sampled } = counting();
  const judging = { ...options, judge, keep: () => undefined };
  const rows = await evaluate(policy, undecided, items, { ...judging, earlier: kept });
  expect(sampled()).toBe(0);
  expect(rows.get('as-filmed\nq1')?.prediction).toMatchObject({ judgement: '1' });
  await evaluate(fakePolicy(), undecided, items, {
    ...options,
    earlier: rows,
    judge,
    keep: () => undefined,
  });
  expect(asked).toEqual(['right?']);
});

test('what ends an evaluation ends all sampling and judging that is under way', async () => {
  const policy = fakePolicy();
  Object.assign(policy.capabilities, { concurrentSamples: 3 });
  const { sample } = policy;
  const controller = new AbortController();
  let calls = 0;
  let ended = 0;
  const hanging = NEVER.pipe(finalize(() => ended++));
  let third = (): Observable<never> => throwError(() => new LociError('remote-key', 'no key'));
  Object.assign(policy, { sample: () => (++calls % 3 === 0 ? third() : hanging) });
  const asking = { ...options, signal: controller.signal, keep: () => undefined };
  await expect(evaluate(policy, benchmark, items, asking)).rejects.toMatchObject({
    code: 'remote-key',
  });
  expect(ended).toBe(2);

  third = () => {
    queueMicrotask(() => controller.abort());
    return hanging;
  };
  await expect(evaluate(policy, benchmark, items, asking)).rejects.toMatchObject({
    code: 'stopped',
  });
  expect(ended).toBe(5);

  Object.assign(policy, { sample });
  const kept = await evaluate(policy, benchmark, items, { ...options, keep: () => undefined });
  const stopping = new AbortController();
  let judged = 0;
  const judging = evaluate(policy, { ...benchmark, judgePrompt: () => 'right?' }, items, {
    ...asking,
    signal: stopping.signal,
    earlier: kept,
    judge: async () => {
      if (++judged === 2) stopping.abort();
      return 'yes';
    },
  });
  await expect(judging).rejects.toMatchObject({ code: 'stopped' });
  expect(judged).toBe(2);
});
