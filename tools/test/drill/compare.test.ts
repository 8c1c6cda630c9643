/** Comparisons, each on two folders that differ in one thing. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { compareEvaluations, keptRows } from '../../src/drill/compare/evaluations.ts';
import { fingerprint } from '../../src/drill/compare/fingerprint.ts';
import { leftoversIn } from '../../src/drill/compare/leftovers.ts';
import { firstDifferentLine } from '../../src/drill/compare/lines.ts';
import { compareRuns } from '../../src/drill/compare/runs.ts';
import { filesThatHold } from '../../src/drill/compare/secrets.ts';

let [whole, other] = ['', ''];

/** Writes files by their path. */
function write(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const metrics = (loss: number, seconds: number): string =>
  `{"step":1,"loss/total":0.25,"seconds/step":${seconds}}\n{"step":2,"loss/total":${loss},"speed/x":${seconds}}\n`;

/** A file of events of these sizes, without contents. */
const events = (...sizes: readonly number[]): Buffer =>
  Buffer.concat(
    sizes.map((size) => {
      const record = Buffer.alloc(size + 16);
      record.writeBigUInt64LE(BigInt(size));
      return record;
    }),
  );

beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), 'loci-compare-'));
  [whole, other] = [join(home, 'whole'), join(home, 'other')];
  write(whole, {
    'metrics.jsonl': metrics(0.5, 1),
    'rollouts.jsonl': '{"step":1,"text":"a"}\n{"step":2,"text":"b"}\n',
    'evaluations/before.json': '{"a":1}',
    'checkpoints/step-000002/model.safetensors': 'weights',
    'checkpoints/step-000002/trainer-state.json': '{}',
    'tensorboard/events': events(30, 900, 40),
    'report.html': '',
  });
  cpSync(whole, other, { recursive: true });
});

const broken = (): readonly string[] =>
  Object.values(compareRuns(other, whole)).flatMap((found) => found ?? []);

describe('two runs', () => {
  test('are equal whatever time they took', () => {
    // The second event holds command and folder, which differ.
    write(other, {
      'metrics.jsonl': metrics(0.5, 99),
      'tensorboard/events': events(30, 907, 40),
    });
    expect(broken()).toEqual([]);
  });

  test.each([
    ['a metric', { 'metrics.jsonl': metrics(0.75, 1) }, 'step 2: loss/total is 0.75 and was 0.5'],
    [
      'a step too few',
      { 'metrics.jsonl': metrics(0.5, 1).split('\n')[0]! },
      'the record of step 2 is missing',
    ],
    [
      'a step too many',
      { 'metrics.jsonl': `${metrics(0.5, 1)}{"step":2}\n` },
      'there is a further record of step 2',
    ],
    [
      'a rollout',
      { 'rollouts.jsonl': '{"step":1,"text":"a"}\n{"step":2,"text":"c"}\n' },
      /^line 2 is .*c.* was .*b/,
    ],
    ['an evaluation', { 'evaluations/before.json': '{"a":2}' }, 'before.json has another content'],
    ['an evaluation too many', { 'evaluations/after.json': '' }, 'after.json is too many'],
    ['weights', { 'checkpoints/step-000002/model.safetensors': 'weightz' }, /has another content/],
    [
      'an event',
      { 'tensorboard/events': events(30, 900, 41) },
      'event 2 has 41 bytes, and 40 there',
    ],
    ['an event too many', { 'tensorboard/events': events(30, 900, 40, 5) }, /4 events, and 3/],
  ])('differ in %s', (_what, files, found) => {
    write(other, files);
    expect(broken()).toEqual([typeof found === 'string' ? found : expect.stringMatching(found)]);
  });

  test('differ where one has no report, and where one never came to anything', () => {
    rmSync(join(other, 'report.html'));
    expect(broken()).toEqual(['there is no report.html']);
    rmSync(join(other, 'metrics.jsonl'));
    expect(broken()).toEqual([expect.stringContaining('has no metrics.jsonl')]);
  });

  test('have one fingerprint as long as nothing lasting changes', () => {
    const before = fingerprint(other);
    write(other, { 'report.html': 'again' });
    expect(fingerprint(other)).toBe(before);
    write(other, { 'metrics.jsonl': metrics(0.5, 1) + metrics(0.5, 1) });
    expect(fingerprint(other)).not.toBe(before);
  });
});

describe('leftovers', () => {
  test.each([
    'metrics.jsonl.tmp',
    'checkpoints/step-000004.4711.tmp/x',
    'checkpoints/step-000002.4711.old/x',
    'checkpoints/step-000004/model.safetensors',
    '.writer-0123abcd',
    '.run.writer-0123abcd',
    '.unfinished',
  ])('%s is one', (name) => {
    expect(leftoversIn(other)).toBeUndefined();
    write(other, { [name]: '' });
    expect(leftoversIn(other)).toContain(name.split('/').slice(0, 2).join('/'));
  });
});

test('the first line that differs is shown around its difference', () => {
  expect(firstDifferentLine('a\nb\n', 'a\nb\n')).toBeUndefined();
  const long = 'x'.repeat(100);
  expect(firstDifferentLine(`a\n${long}1`, `a\n${long}2`)).toMatch(
    /^line 2 is "…x{40}1", and was "…x{40}2"$/,
  );
  expect(firstDifferentLine('a', 'a\nb')).toBe('line 2 is absent, and was "b"');
});

describe('two evaluations', () => {
  const row = (id: string, output: string, cached: boolean): string =>
    `${JSON.stringify({ condition: 'as-filmed', item: { id }, prediction: { status: 'answered', output }, usage: { cached } })}\n`;
  const report = (score: number, cost: number): string =>
    JSON.stringify({ report: { score, cost } });

  test('are equal in any order, and whatever an answer cost', () => {
    write(whole, {
      'predictions.jsonl': row('1', 'a', false) + row('2', 'b', false),
      'report.json': report(1, 5),
    });
    write(other, {
      'predictions.jsonl': row('2', 'b', true) + row('1', 'a', true),
      'report.json': report(1, 0),
    });
    expect(Object.values(compareEvaluations(other, whole))).toEqual([undefined, undefined]);
    expect(keptRows(other).map(({ item }) => item.id)).toEqual(['2', '1']);
  });

  test.each([
    ['an answer', row('1', 'a', false) + row('2', 'c', false), 1, /no such row/],
    ['a row twice', row('1', 'a', false).repeat(2) + row('2', 'b', false), 1, /twice/],
    ['a missing row', row('1', 'a', false), 1, /^1 rows are missing/],
    ['a figure', row('1', 'a', false) + row('2', 'b', false), 2, /"score":2.*"score":1/],
  ])('differ in %s', (_what, predictions, score, found) => {
    write(whole, {
      'predictions.jsonl': row('1', 'a', false) + row('2', 'b', false),
      'report.json': report(1, 5),
    });
    write(other, { 'predictions.jsonl': predictions, 'report.json': report(score, 5) });
    const differences = Object.values(compareEvaluations(other, whole)).flatMap((one) => one ?? []);
    expect(differences).toEqual([expect.stringMatching(found)]);
  });
});

test('a secret is found in any file, and in the name of one', () => {
  expect(filesThatHold(other, 'drill-key')).toBeUndefined();
  write(other, { 'deep/in/a.json': 'the drill-key', 'drill-key.txt': '' });
  expect(filesThatHold(other, 'drill-key')?.split(', ').length).toBe(2);
});
