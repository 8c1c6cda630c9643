import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { BenchmarkItem } from '@loci/core';
import { tempCompass, tempCompassScorers } from '../../src/index.ts';
import { writeTempCompassFolder } from '../../src/testing/index.ts';
import { captionRule, correctnessOf } from '../../src/tempcompass/rules.ts';
import { createBenchmark, itemsOf, textOf } from '../support/create.ts';
import { namedMedia } from '../support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tempcompass-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const media = namedMedia(scratch);

function folder(source?: 'hub' | 'project'): string {
  const data = mkdtempSync(join(scratch, 'data-'));
  writeTempCompassFolder(data, media, source);
  return data;
}

const create = (data: string, options: object = {}) =>
  createBenchmark(tempCompass, { data, ...options });

describe('records', () => {
  test('of the hub and of the project are the same items', async () => {
    const [hub, project] = [folder('hub'), folder('project')];
    const plain = async (data: string) =>
      (await itemsOf(await create(data))).map(({ media: _, ...item }) => item);
    expect(await plain(project)).toEqual(await plain(hub));
    expect(await plain(hub)).toHaveLength(20);
  });

  test('of the kinds wanted alone are read, and needed', async () => {
    const data = folder();
    rmSync(join(data, 'captioning'), { recursive: true });
    await expect(create(data)).rejects.toThrow(/captioning\/test-\*\.parquet/u);
    const items = await itemsOf(await create(data, { kinds: ['yes_no'] }));
    expect(new Set(items.map(({ task }) => task))).toEqual(new Set(['yes_no']));
    expect(items.map(({ groups }) => groups['aspect'])).toContain('direction');
  });
});

describe('each kind', () => {
  const find = (items: readonly BenchmarkItem[], kind: string) =>
    items.find(({ task }) => task === kind)!;

  test('is asked in its own form, the options once', async () => {
    const benchmark = await create(folder());
    const items = await itemsOf(benchmark);
    const text = (kind: string) => textOf(benchmark.render(find(items, kind)));
    expect(text('multi-choice').match(/B\. rising/gu)).toHaveLength(1);
    expect(text('multi-choice')).toContain('the letter of the right option');
    expect(text('yes_no')).toContain('yes or no');
    expect(text('caption_matching')).toContain('the better option');
    expect(text('captioning').endsWith('Generated Caption:')).toBe(true);
  });

  test('is scored by rules, captions by a judge alone', async () => {
    const items = await itemsOf(await create(folder()));
    const [official, spacer, strict] = tempCompassScorers('official');
    const said = (kind: string, output: string, judgement?: string) =>
      [official, spacer!, strict!].map((scorer) => {
        const verdict = scorer.score(find(items, kind), {
          status: 'answered',
          output,
          ...(judgement !== undefined && { judgement }),
        });
        return verdict.counted ? verdict.score : 'left out';
      });
    expect(said('multi-choice', 'B')).toEqual([1, 1, 1]);
    expect(said('multi-choice', ' B</s>')).toEqual([1, 0, 0]);
    expect(said('multi-choice', 'It rises')).toEqual([0, 0, 0]);
    expect(said('multi-choice', 'It rises', 'Correct')).toEqual([1, 0, 0]);
    const aloud = '<think>Is it Incorrect? No.</think>\nCorrect';
    expect(said('multi-choice', 'It rises', aloud)).toEqual([1, 0, 0]);
    expect(said('multi-choice', 'It rises', '<think>Correct, I')).toEqual([0, 0, 0]);
    expect(said('yes_no', 'Yes, it does')).toEqual([1, 'left out', 0]);
    expect(said('caption_matching', 'Caption B')).toEqual([1, 'left out', 1]);
    expect(said('caption_matching', 'A cup rises.')).toEqual([1, 'left out', 0]);
    expect(said('captioning', 'A cup rises.')).toEqual(['left out', 'left out', 'left out']);
    const judged = 'Reasoning: it rises.\nAnswer: B. rising';
    expect(said('captioning', 'A cup rises.', judged)).toEqual([1, 'left out', 1]);
    const thought = `Answer: A. or C.</think>${judged}`;
    expect(said('captioning', 'A cup rises.', thought)).toEqual([1, 'left out', 1]);
    const cut = '<think>Answer: B. rising';
    expect(said('captioning', 'A cup rises.', cut)).toEqual(['left out', 'left out', 'left out']);
  });

  test('asks a judge about captions and about what no rule decides, and about nothing else', async () => {
    const benchmark = await create(folder());
    const items = await itemsOf(benchmark);
    const prompt = (kind: string, output: string) =>
      benchmark.judgePrompt!(find(items, kind), output);
    expect(prompt('multi-choice', 'B')).toBeUndefined();
    expect(prompt('yes_no', 'no')).toBeUndefined();
    expect(prompt('multi-choice', 'It rises')).toMatch(/B\. rising[\s\S]*It rises/u);
    const caption = prompt('captioning', 'A cup rises.')!;
    expect(caption).toContain('A cup rises.');
    expect(caption).toContain('What happens to the cup?\nA. falling');
    expect(caption).not.toContain('True answer');
  });
});

test.each([
  ['Answer: B. rising', 1],
  ['Reasoning: Answer is B. or C.\nAnswer: B. rising', 1],
  ['B. rising', 1],
  ['Answer: A. falling', 0],
  ['Answer: B. rising or C. turning', 0],
  ['Answer: None of the choices are correct', 0],
  ['', 0],
])('a judge who chose %j scores the caption %d', (judgement, score) => {
  expect(captionRule(judgement, 'B. rising')).toBe(score);
});

test.each([
  ['Correct', 1],
  ['Correct, not Incorrect', 1],
  ['Incorrect', 0],
  ['It is Correct.', 1],
  ['Not Correct but Incorrect', 0],
  ['maybe', 'undecided'],
])('a judge who says %j means %j', (judgement, verdict) => {
  expect(correctnessOf(judgement)).toBe(verdict);
});
