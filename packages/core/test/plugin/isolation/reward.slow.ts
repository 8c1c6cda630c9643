/** Threads of rewards that end, fill the memory, would end the process, or are several: each start takes seconds beside the sources. */
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Reward } from '../../../src/spec/index.ts';
import { fakeLogger } from '../../../src/testing/index.ts';
import { call, open, told } from './obedient.ts';

describe('an isolated reward', () => {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  let reward: Reward;

  beforeAll(async () => {
    const logger = { info: note, warn: note };
    const loaded = await open({ value: 2 }, { logger, limits: { memoryMb: 48, graceMs: 300 } });
    reward = await loaded.create();
  });

  beforeEach(() => {
    lines.length = 0;
  });

  test.each([
    ['uncaught', /^ended its thread: it threw outside of its answers: out of the blue$/],
    ['leak', /^ended its thread: it used more than 48 MB of memory$/],
    ['buffers', /^ended its thread: it used more than 48 MB of memory$/],
    ['later-buffers', /^ended its thread: it used more than 48 MB of memory$/],
  ])('a thread that ends ("%s") fails the call by name and is started again', async (word, end) => {
    const ends = await Promise.all([word, 'a', 'b'].map((said) => told(call(reward, [said]))));
    expect(ends).toEqual([expect.stringMatching(end), 'scored', 'scored']);
    expect(lines).toEqual([
      expect.stringContaining('The thread of the reward "obedient" ended, and a new one starts'),
    ]);
  });
});

describe('what would end the process', () => {
  test.each(['kill', 'kill-group', 'abort'])('"%s" fails its call alone', async (word) => {
    const reward = await (await open()).create();
    expect(await told(call(reward, [word]))).toMatch(/^threw: /);
    expect(await told(call(reward, ['fine']))).toBe('scored');
  });

  test('buffers that are kept from call to call count too', async () => {
    const lines: string[] = [];
    const note = (line: string): void => void lines.push(line);
    const logger = { info: note, warn: note };
    const reward = await (await open({}, { logger, limits: { memoryMb: 48 } })).create();
    await told(call(reward, ['hoard']));
    await told(call(reward, ['fine']));
    const start = performance.now();
    while (lines.length === 0 && performance.now() - start < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(lines.join()).toContain('it used more than 48 MB of memory');
    expect(await told(call(reward, ['fine']))).toBe('scored');
  });
});

describe('threads of an isolated reward', () => {
  test('are given up, which is said, after several ends in a row', async () => {
    const logger = fakeLogger();
    const reward = await (await open({}, { logger, limits: { endsInARow: 2 } })).create();
    const words = ['exit 1', 'exit 1', 'fine'];
    const ends = await Promise.all(words.map((word) => told(call(reward, [word]))));
    expect(ends.slice(0, 2).every((end) => /process\.exit\(1\)/.test(String(end)))).toBe(true);
    expect(ends[2]).toMatch(/^is given up: its thread ended 2 times in a row/);
    expect(await told(call(reward, ['fine']))).toMatch(/^is given up/);
    expect(logger.lines.at(-1)).toContain('The reward "obedient" is given up');
  });

  test('may be several, so that calls do not wait behind one that hangs, however it does', async () => {
    const loaded = await open({}, { threads: 2 });
    const reward = await loaded.create();
    const hanging = told(call(reward, ['wait-and-loop'], 8000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const over = (async () => `not so: ${await hanging}`)();
    const fine = ['a', 'b', 'c'].map((word) => told(call(reward, [word])));
    expect(await Promise.race([Promise.all(fine), over])).toEqual(['scored', 'scored', 'scored']);
    await loaded.dispose();
    expect(await hanging).toBe('the run is over');
  });

  test('refuse a module that does not load, with the reason', async () => {
    const hanging = open({}, { limits: { startMs: 1000 } }, 'while (true);');
    await expect(hanging).rejects.toThrow('It took more than 1 s to load the module');
  });
});
