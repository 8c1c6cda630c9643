import { mkdir, mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { answerKey, openAnswerCache } from '../src/answer-cache.ts';
import { ask } from '../src/ask.ts';
import type { AskParts } from '../src/ask.ts';
import type { ChatAnswer } from '../src/chat-completion.ts';

const QUESTION = {
  body: { model: 'm', messages: [] },
  draw: 0,
  promptTokens: 20,
  maxNewTokens: 30,
};
const ADDRESS = 'http://nowhere/v1';
const signal = new AbortController().signal;

/** Parts around a server that gives this answer, with the corrections that the limiter was told. */
function partsFor(answer: ChatAnswer) {
  const counted: number[] = [];
  let asked = 0;
  const parts: AskParts = {
    server: {
      address: ADDRESS,
      attempt: () => {
        asked++;
        return Promise.resolve(answer);
      },
    },
    limiter: {
      turn: () =>
        Promise.resolve({ count: (tokens: number) => counted.push(tokens), end: () => undefined }),
      pause: () => undefined,
    },
    attempts: 1,
    firstWaitMs: 1,
    maxWaitMs: 1000,
    logger: { info: () => undefined, warn: () => undefined },
  };
  return { parts, counted, asked: () => asked };
}

const answerWith = (promptTokens: number, completionTokens: number): ChatAnswer => ({
  text: 'B',
  finishReason: 'stop',
  promptTokens,
  completionTokens,
  model: 'm',
});

test('tokens that a server counts take the place of those expected, and nothing does where it counts none', async () => {
  const counting = partsFor(answerWith(40, 2));
  await ask(counting.parts, QUESTION, signal);
  expect(counting.counted).toEqual([42]);
  const silent = partsFor(answerWith(0, 0));
  await ask(silent.parts, QUESTION, signal);
  expect(silent.counted).toEqual([]);
});

test('a kept answer that cannot be read is named, and not paid for again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loci-answers-'));
  const { parts, asked } = partsFor(answerWith(1, 1));
  const withCache = { ...parts, cache: openAnswerCache(folder) };
  await ask(withCache, QUESTION, signal);
  expect((await ask(withCache, QUESTION, signal)).cached).toBe(true);
  const other = { ...QUESTION, draw: 1 };
  const key = answerKey(ADDRESS, other.body, 1);
  const file = join(folder, key.slice(0, 2), `${key}.json`);
  await mkdir(file, { recursive: true });
  await expect(ask(withCache, other, signal)).rejects.toMatchObject({
    code: 'cache-unreadable',
    message: expect.stringContaining(file),
  });
  expect(asked()).toBe(1);
});

test('a folder of answers is shared: each is kept whole, and what a killed process was writing goes away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loci-answers-'));
  const key = answerKey(ADDRESS, QUESTION.body, 0);
  const home = join(folder, key.slice(0, 2));
  await mkdir(home);
  for (const [name, ageSeconds] of [
    ['old', 1_000],
    ['young', 1],
  ] as const) {
    const half = join(home, `${name}.json.tmp`);
    await writeFile(half, '{"for');
    const then = Date.now() / 1000 - ageSeconds;
    await utimes(half, then, then);
  }
  const caches = Array.from({ length: 20 }, () => openAnswerCache(folder));
  await Promise.all(caches.map((cache) => cache.keep(key, answerWith(1, 1))));
  expect(await caches[0]!.find(key)).toEqual(answerWith(1, 1));
  expect((await readdir(home)).sort()).toEqual([`${key}.json`, 'young.json.tmp'].sort());
});
