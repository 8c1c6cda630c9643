/** The server of the drill answers by the question alone, and is as bad as it is told to be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import { drillServer } from '../../src/drill/chat-server.ts';

const ask = async (baseUrl: string, question: string): Promise<string> => {
  const reply = await fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-1' },
    body: JSON.stringify({ messages: [{ role: 'user', content: question }] }),
  });
  return reply.text();
};

test('a good server gives each question its own answer, and the same again', async () => {
  const server = await drillServer(randomStream(1), 0);
  const questions = ['a', 'b', 'c', 'd', 'e', 'f'];
  const first = await Promise.all(questions.map((one) => ask(server.baseUrl, one)));
  expect(await Promise.all(questions.map((one) => ask(server.baseUrl, one)))).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(1);
  expect([server.answered, server.misbehaved]).toEqual([12, 0]);
  await server.close();
});

test('a bad one gives no answer, and echoes the key', async () => {
  const server = await drillServer(randomStream(1), 1);
  const asked = Array.from({ length: 60 }, (_, index) =>
    ask(server.baseUrl, `${index}`).catch((error: unknown) => String(error)),
  );
  while (server.misbehaved < asked.length) await sleep(20);
  await sleep(500);
  // Some say nothing until they are closed.
  await server.close();
  const replies = await Promise.all(asked);
  expect(server.answered).toBe(0);
  const isAnswer = (text: string) => /"content":"[ABCD]".*"finish_reason":"stop"/su.test(text);
  expect(replies.filter(isAnswer)).toEqual([]);
  expect(replies.some((text) => text.includes('sk-1'))).toBe(true);
});
