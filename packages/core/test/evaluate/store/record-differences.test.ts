import { expect, test } from '@jest/globals';
import { evaluationRecord } from '../../../src/evaluate/store/evaluation-record.ts';
import type { EvaluationRecord } from '../../../src/evaluate/store/evaluation-record.ts';
import {
  recordConflicts,
  recordDifferences,
} from '../../../src/evaluate/store/record-differences.ts';
import { greedySampling } from '../../../src/rollout/greedy-sampling.ts';
import type { Benchmark, BenchmarkItem, EngineFacts } from '../../../src/spec/index.ts';
import { fakeBenchmark, fakePolicy } from '../../../src/testing/index.ts';

const item = (question: string): BenchmarkItem => ({
  ...{ id: question, task: 't', groups: {}, question, options: [], answer: 'A' },
  media: [{ kind: 'video', path: '/a.mp4' }],
});

interface Changes {
  readonly setup?: Benchmark['setup'];
  readonly demand?: string;
  readonly question?: string;
  readonly as?: 'images';
  readonly engine?: EngineFacts;
  readonly maxNewTokens?: number;
  readonly data?: string;
}

/** The record of an evaluation that differs from the plain one in so much. */
function recordOf(changes: Changes = {}): EvaluationRecord {
  const { demand = 'Answer.', question = 'Where?', data = '/here', as } = changes;
  const benchmark: Benchmark = {
    ...fakeBenchmark(() => ({ score: 1 })),
    setup: changes.setup ?? { prompt: 'official', frames: { fps: 1, maxFrames: 32 } },
    render: ({ question: asked }) => [
      { role: 'user', parts: [{ type: 'text', text: `${asked}\n${demand}` }] },
    ],
  };
  const policy = fakePolicy();
  Object.assign(policy.capabilities, { engine: changes.engine ?? { precision: 'float32' } });
  return evaluationRecord({
    config: {
      benchmark: { use: 'fake', data },
      policy: { use: 'fake', model: 'm', threads: 2 },
      ...{ dataset: { use: 'd' }, prompt: { use: 'p' } },
    },
    ...{ benchmark, policy, items: [item(question)] },
    sampling: greedySampling(changes.maxNewTokens ?? 16),
    ...{ samples: 1, seed: 5, as },
  });
}

const entriesOf = (changes: Changes): readonly string[] =>
  recordDifferences(recordOf(), recordOf(changes)).map(({ entry }) => entry);

test('every setting that moves a score is an entry of its own', () => {
  expect(entriesOf({ setup: { prompt: 'official', frames: { fps: 2, maxFrames: 16 } } })).toEqual([
    'setup.frames.fps',
    'setup.frames.maxFrames',
  ]);
  expect(entriesOf({ as: 'images' })).toEqual(['as']);
  expect(entriesOf({ engine: { precision: 'bfloat16' } })).toEqual(['engine.precision']);
  expect(entriesOf({ maxNewTokens: 64 })).toEqual(['sampling.maxNewTokens']);
  expect(entriesOf({ demand: 'Answer with a letter.' })).toEqual(['promptHash']);
});

test('other questions, and where files lie, are no differences', () => {
  expect(entriesOf({ question: 'How many?', data: '/there' })).toEqual([]);
});

test("the run's own template and dataset are recorded where they ask the questions", () => {
  expect(recordOf()).not.toHaveProperty('template');
  expect(recordOf({ setup: { prompt: 'run' } })).toMatchObject({
    template: { use: 'p' },
    dataset: { use: 'd' },
    versions: { loci: expect.any(String), node: process.versions.node },
  });
});

test('another engine or prompt text may go on with a folder, other decoding may not', () => {
  const conflicts = (changes: Changes) => recordConflicts(recordOf(), recordOf(changes));
  expect(conflicts({ engine: { precision: 'bfloat16' }, demand: 'Say.' })).toEqual([]);
  expect(conflicts({ maxNewTokens: 64 })).toEqual(['sampling.maxNewTokens was 16 and is 64']);
  expect(conflicts({ as: 'images' })).toEqual(['as was unset and is "images"']);
});

test('entries that version 1 did not record are no differences from it', () => {
  const { promptHash, engine, versions, ...rest } = recordOf();
  expect([promptHash, engine, versions]).not.toContain(undefined);
  expect(recordDifferences({ ...rest, version: 1 }, recordOf())).toEqual([]);
});
