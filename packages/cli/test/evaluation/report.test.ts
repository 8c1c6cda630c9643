import { expect, test } from '@jest/globals';
import { evaluationReport } from '@loci/core';
import type { EvaluationRecord, Prediction, PredictionRow, Scorer } from '@loci/core';
import { factsOf, scorersOf } from '@loci/benchmarks';
import { comparisonPage } from '../../src/evaluation/report-page.ts';
import { scorerTable, shownAnswer } from '../../src/evaluation/report-tables.ts';
import { terminalReport } from '../../src/evaluation/report-text.ts';

const record: EvaluationRecord = {
  version: 2,
  samples: 1,
  benchmark: { use: 'vsi-bench', tasks: ['object_counting'], wording: { number: 'A number.' } },
  setup: { prompt: 'official' },
  policy: { use: 'openai', model: 'm', extra: { temperature: 1 } },
  judge: { use: 'openai', model: 'j', baseUrl: 'http://host/v1' },
  model: 'm at http://host/v1',
  sampling: { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 16 },
  seed: 1,
};

const row = (id: string, prediction: Prediction, cached = false): PredictionRow => ({
  condition: 'as-filmed',
  item: { id, task: 'object_counting', groups: {}, question: '?', options: [], answer: '4' },
  promptHash: 'x',
  shown: [],
  prediction,
  ...(prediction.status === 'answered' && {
    usage: { promptTokens: 100, completionTokens: 10, cached },
  }),
});

const rows = [
  row('1', { status: 'answered', output: '4' }),
  row('2', { status: 'answered', output: '4' }, true),
  row('3', { status: 'not-asked', reason: 'There is no video' }),
  row('4', { status: 'failed', reason: 'too rude' }),
];

const facts = factsOf('vsi-bench', undefined)!;
const scorers = scorersOf('vsi-bench', 'official')!;
const report = evaluationReport({ scorers }, rows, 1);

test('the head shows the missing answers, the wording of the prompt, and extra fields of requests', () => {
  const text = terminalReport({ record, facts, report });
  expect(text).toMatch(/part +only the tasks object_counting/);
  expect(text).toMatch(/judge +j at http:\/\/host\/v1/);
  expect(text).toMatch(
    /prompt +official style: .* in words of our own, but for .*wording of number/,
  );
  expect(text).toMatch(/decoding +greedy, .*; sent besides: \{"temperature":1\}/);
  expect(text).toMatch(/answered +2 of 4 items, 1 not asked, 1 asked in vain/);
  expect(text).toMatch(/spent +100 prompt and 10 completion tokens, 1 answers kept/);
});

test('as many are answered as the first scorer does not call unanswered', () => {
  const counting = (scorer: Scorer): Scorer => ({
    ...scorer,
    score: (item, prediction) => {
      const verdict = scorer.score(item, prediction);
      return item.id === '2' ? { ...verdict, answered: false } : verdict;
    },
  });
  const strict = [counting(scorers[0]), ...scorers.slice(1)] as const;
  const text = terminalReport({
    record,
    facts,
    report: evaluationReport({ scorers: strict }, rows, 1),
  });
  expect(text).toMatch(
    /answered +1 of 4 items, 1 not asked, 1 asked in vain, 1 with a text in which official finds no/,
  );
  expect(text).toMatch(/^unanswered +3 /m);
});

test('a model on this machine is named, not only what it runs on', () => {
  const policy = { use: 'onnx', model: '/models/qwen', lora: { adapter: '/runs/1/checkpoint' } };
  const text = terminalReport({
    record: { ...record, policy, model: 'ONNX on CPU' },
    facts,
    report,
  });
  expect(text).toMatch(
    /^model +\/models\/qwen with the adapter \/runs\/1\/checkpoint; ONNX on CPU$/m,
  );
});

test('frames that a server chooses are not called ours', () => {
  const setup = { prompt: 'official', frames: { fps: 1, maxFrames: 32 } } as const;
  const policy = { use: 'openai', model: 'm', media: 'video' };
  expect(terminalReport({ record: { ...record, setup, policy }, facts, report })).toMatch(
    /^frames +as the server chooses; shown: unknown$/m,
  );
});

test('scorers that count other items say how many each', () => {
  const { rows: lines } = scorerTable(report.conditions['as-filmed']!.scorers, facts);
  expect(lines[0]![0]).toBe('headline (official: mean of 8 tasks, 1 of them here)');
  expect(lines.find(([title]) => title === '  object_counting')!.at(-2)).toBe('4 / 3 / 4');
});

test('a very long answer is cut where items are listed', () => {
  expect(shownAnswer('A\n  B')).toBe('A B');
  expect(shownAnswer('x'.repeat(1e5)).length).toBeLessThan(100);
  expect(shownAnswer(undefined)).toBe('–');
});

test('every scorer describes its mean', () => {
  const named = ['vsi-bench', 'sti-bench', 'spar-bench', 'video-mme', 'longvideobench', 'revsi'];
  const silent = [...named, 'tempcompass', 'spatial-qa'].flatMap((use) =>
    (scorersOf(use, 'official') ?? []).filter(
      (scorer: Scorer) => !/mean o/iu.test(scorer.description),
    ),
  );
  expect(silent.map(({ description }) => description)).toEqual([]);
});

test('a comparison names both models, and what beside them differs', () => {
  const head = [
    ['a', 'model <one>'],
    ['b', 'model two'],
  ] as const;
  const differing = [{ entry: 'as', first: 'unset', second: '"images"' }];
  const page = comparisonPage('VSI-Bench', ['a', 'b'], head, differing, ['two texts differ'], []);
  expect(page).toContain('model &lt;one&gt;');
  expect(page).toContain('two texts differ');
  expect(page).toMatch(/What differs[^]*>as<[^]*&quot;images&quot;/);
});
