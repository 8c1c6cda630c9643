import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { EvaluationRecord } from '../../../src/evaluate/store/evaluation-record.ts';
import {
  EvaluationStore,
  findUnfinished,
  readEvaluation,
} from '../../../src/evaluate/store/evaluation-store.ts';
import type { PredictionLine } from '../../../src/evaluate/store/predictions.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'loci-store-'));

const record: EvaluationRecord = {
  version: 2,
  samples: 1,
  benchmark: { use: 'fake', prompt: 'run', data: '/here' },
  setup: { prompt: 'run' },
  policy: { use: 'fake', model: 'm', firstWaitSeconds: 1 },
  model: 'a table',
  sampling: { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 16 },
  seed: 5,
};

const line: PredictionLine = {
  condition: 'as-filmed',
  item: { id: 'q0', task: 't', groups: {}, question: '?', options: [], answer: 'A' },
  promptHash: '',
  shown: [],
  prediction: { status: 'answered', output: 'A' },
  verdicts: {},
};

/** A folder with one answer. */
function begun(directory = folder(), from = record): string {
  const store = EvaluationStore.open(directory, from);
  store.keep([line]);
  store.close();
  return directory;
}

const open = (directory: string, now: EvaluationRecord) => {
  const store = EvaluationStore.open(directory, now);
  store.close();
  return store.record;
};

test('other settings are refused, each with what it was and what it is', () => {
  const directory = begun();
  const sampling = { ...record.sampling, maxNewTokens: 64 };
  const policy = { use: 'fake', model: 'n' };
  expect(() => open(directory, { ...record, sampling, policy })).toThrow(
    /another evaluation: policy\.model was "m" and is "n"; sampling\.maxNewTokens was 16 and is 64\. Choose/,
  );
  expect(readFileSync(join(directory, 'evaluation.json'), 'utf8')).toContain('"maxNewTokens": 16');
});

test('order, folders, waits and limits make no difference', () => {
  const directory = begun();
  const benchmark = { prompt: 'run', data: '/there', use: 'fake' };
  const policy = {
    model: 'm',
    use: 'fake',
    firstWaitSeconds: 9,
    silenceSeconds: 60,
    stream: false,
  };
  open(directory, { ...record, benchmark, policy });
});

test('a folder without an answer yet takes any settings', () => {
  const directory = folder();
  open(directory, record);
  open(directory, { ...record, seed: 6 });
  begun(directory, { ...record, seed: 7 });
  expect(() => open(directory, record)).toThrow(/seed was 7 and is 5/);
});

test('a judge may come later and be left out again, and another one may not', () => {
  const directory = begun();
  const judged = { ...record, judge: { use: 'fake', model: 'j' } };
  open(directory, { ...record, judge: { use: 'fake', model: 'that never replied' } });
  const store = EvaluationStore.open(directory, judged);
  store.keep([{ ...line, prediction: { status: 'answered', output: 'A', judgement: 'right' } }]);
  store.close();
  expect(open(directory, record).judge).toEqual(judged.judge);
  const other = { ...record, judge: { use: 'fake', model: 'k' } };
  expect(() => open(directory, other)).toThrow(/judge\.model was "j" and is "k"/);
});

test('a damaged line is named', () => {
  const directory = folder();
  writeFileSync(join(directory, 'predictions.jsonl'), '{"pass": "as-filmed"}\n');
  expect(() => open(directory, record)).toThrow(/predictions.jsonl, line 1/);
});

test('a folder with other files is left alone', () => {
  const directory = folder();
  writeFileSync(join(directory, 'report.html'), 'of a training run');
  expect(() => open(directory, record)).toThrow(/holds other files \(report.html\)/);
  expect(() => open(join(directory, 'report.html'), record)).toThrow(/is a file/);
  expect(existsSync(join(directory, 'evaluation.json'))).toBe(false);
});

test('the folder of a command that did not come to its end is found again', () => {
  const root = folder();
  expect(findUnfinished(join(root, 'none'), record)).toBeUndefined();
  const at = (name: string) => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  begun(at('other'), { ...record, seed: 6 });
  open(at('empty'), record);
  writeFileSync(join(at('foreign'), 'evaluation.json'), '{');
  expect(findUnfinished(root, record)).toBeUndefined();
  const same = begun(at('same'));
  expect(findUnfinished(root, record)).toBe(same);
  writeFileSync(join(same, 'report.json'), '{}');
  expect(findUnfinished(root, record)).toBe(same);
  const store = EvaluationStore.open(same, record);
  expect(findUnfinished(root, record)).toBeUndefined();
  expect(() => EvaluationStore.open(same, record)).toThrow(
    new RegExp(`being written by process ${process.pid} on `),
  );
  store.close();
  expect(findUnfinished(root, record)).toBe(same);
  const last = EvaluationStore.open(same, record);
  last.finish();
  last.close();
  expect(findUnfinished(root, record)).toBeUndefined();
});

test('a folder that vanishes takes no more rows, and is not made anew', () => {
  const directory = begun();
  const store = EvaluationStore.open(directory, record);
  renameSync(directory, `${directory}-moved`);
  expect(() => store.keep([line])).toThrow(/was moved, removed or taken over/);
  expect(() => store.write('report.json', '{}')).toThrow(/was moved/);
  store.close();
  expect(existsSync(directory)).toBe(false);
});

test('a new folder that got no row goes away, and half-written files with the next start', () => {
  const directory = join(folder(), 'a', 'b');
  EvaluationStore.open(directory, record).close();
  expect(existsSync(join(directory, '..'))).toBe(false);
  begun(directory);
  writeFileSync(join(directory, 'report.json.tmp'), '{"pla');
  begun(directory);
  expect(readdirSync(directory).sort()).toEqual([
    '.unfinished',
    'evaluation.json',
    'predictions.jsonl',
  ]);
});

test('a folder of version 1 is read and gone on with, one of a later version is not', () => {
  const directory = folder();
  const { version, samples, ...first } = record;
  expect([version, samples]).toEqual([2, 1]);
  writeFileSync(join(directory, 'evaluation.json'), JSON.stringify(first));
  const { condition: pass, ...row } = line;
  writeFileSync(join(directory, 'predictions.jsonl'), `${JSON.stringify({ pass, ...row })}\n`);
  const read = readEvaluation(directory);
  expect(read.record).toMatchObject({ version: 1, samples: 1, seed: 5 });
  expect([...read.rows.keys()]).toEqual(['as-filmed\nq0']);
  expect(() => open(directory, { ...record, samples: 2 })).toThrow(/samples was 1 and is 2/);
  expect(open(directory, record).version).toBe(2);

  writeFileSync(join(directory, 'evaluation.json'), JSON.stringify({ ...record, version: 3 }));
  expect(() => readEvaluation(directory)).toThrow(/version 3 of the format .* versions up to 2/);
});
