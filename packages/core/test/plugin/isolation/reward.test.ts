import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadIsolated } from '../../../src/plugin/isolation/reward.ts';
import type { IsolationOptions, LoadedReward } from '../../../src/plugin/isolation/reward.ts';
import { callReward } from '../../../src/rollout/call-reward.ts';
import { uncountedText } from '../../../src/rollout/uncounted-text.ts';
import type { Reward, RewardOutcome, ScoredText } from '../../../src/spec/index.ts';
import { fakeLogger, fakeSample } from '../../../src/testing/index.ts';

/** Does what the text of the first completion says. */
const OBEDIENT = `
import { abstain, defineReward } from '@loci/core';
import { z } from 'zod';

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const obedient = defineReward({
  name: 'obedient',
  description: 'Does what it is told.',
  options: z.strictObject({ value: z.number().default(1), create: z.enum(['fine', 'throw']).default('fine') }),
  range: [0, 3],
  after: ['answer'],
  looks: ['shuffled'],
  examples: (sample) => ({ gold: { text: 'for ' + sample.id } }),
  scoreGroup: async (completions, sample, { options, group, signal, run }) => {
    const [word, argument] = completions[0].text.split(' ');
    if (word === 'loop') while (true);
    if (word === 'wait-and-loop') { await later(30); while (true); }
    if (word === 'exit') process.exit(Number(argument));
    if (word === 'throw') throw new Error('as told');
    if (word === 'uncaught') { setTimeout(() => { throw new Error('out of the blue'); }); await later(1000); }
    if (word === 'leak') { const kept = []; while (true) kept.push(new Array(100000).fill(Math.random())); }
    if (word === 'buffers') { const kept = []; while (true) kept.push(Buffer.alloc(4e6, 1)); }
    if (word === 'hoard') { globalThis.hoard = Array.from({ length: 30 }, () => new Float64Array(1e6).fill(1)); }
    if (word === 'later-buffers') { const kept = []; while (true) { kept.push(new Uint8Array(2e6).fill(1)); await later(5); } }
    if (word === 'kill') process.kill(process.pid, 'SIGKILL');
    if (word === 'kill-group') process.kill(0, 'SIGKILL');
    if (word === 'abort') process.abort();
    if (word === 'sleep') await later(Number(argument));
    if (word === 'never') await new Promise(() => undefined);
    if (word === 'signal') await new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (word === 'function') return [{ value: 1, reason: () => 'no' }];
    if (word === 'log') { run.logger.info('seen ' + run.seed); }
    return completions.map(({ text, tokenCount }, index) =>
      text === 'abstain' ? abstain('as told') : {
        value: options.value,
        parts: { tokenCount, index, shuffled: group.looks?.get('shuffled')?.completions.length ?? 0 },
        reason: sample.id + ' ' + (group.outcomes.get('answer')?.[index]?.status ?? 'unknown'),
      });
  },
});
`;

const opened: LoadedReward[] = [];

afterAll(async () => {
  for (const loaded of opened) await loaded.dispose();
});

async function open(
  options: object = {},
  isolation: Partial<IsolationOptions> = {},
  source = OBEDIENT,
): Promise<LoadedReward> {
  const folder = mkdtempSync(join(tmpdir(), 'loci-isolated-'));
  writeFileSync(join(folder, 'obedient.ts'), source);
  const loaded = await loadIsolated(
    {
      reference: join(folder, 'obedient.ts'),
      options,
      optionsPath: ['rewards', 0, 'options'],
      seed: 5,
      baseDirectory: folder,
    },
    { logger: fakeLogger(), ...isolation },
  );
  opened.push(loaded);
  return loaded;
}

const text = (said: string): ScoredText => ({ text: said, tokenCount: 4, finishReason: 'stop' });

function call(
  reward: Reward,
  texts: readonly string[],
  timeoutMs = 10_000,
): Promise<readonly RewardOutcome[]> {
  const outcomes = new Map([
    ['answer', texts.map((): RewardOutcome => ({ status: 'scored', value: 1 }))],
  ]);
  const input = { sample: fakeSample(), completions: texts.map(text), outcomes };
  return callReward(reward, input, timeoutMs);
}

/** The outcomes, or why there are none. */
async function told(promise: Promise<readonly RewardOutcome[]>): Promise<unknown> {
  return promise.then(
    (outcomes) => outcomes.map(({ status }) => status).join(),
    (error: Error) => error.message,
  );
}

describe('an isolated reward', () => {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  let reward: Reward;

  beforeAll(async () => {
    const logger = { info: note, warn: note };
    const loaded = await open({ value: 2 }, { logger, limits: { memoryMb: 48, graceMs: 300 } });
    expect(loaded.name).toBe('obedient');
    reward = await loaded.create();
  });

  beforeEach(() => {
    lines.length = 0;
  });

  test('answers as in place: facts, outcomes, earlier outcomes, looks, examples', async () => {
    expect(reward).toMatchObject({ range: [0, 3], after: ['answer'], looks: ['shuffled'] });
    expect(await call(reward, ['a', 'abstain'])).toEqual([
      {
        status: 'scored',
        value: 2,
        parts: { tokenCount: 4, index: 0, shuffled: 0 },
        reason: 'sample-0 scored',
      },
      { status: 'abstained', reason: 'as told' },
    ]);
    const completions = [text('x')];
    const shuffled = { completions: [text('s'), text('t')], outcomes: new Map() };
    const looks = new Map([['shuffled', shuffled]]);
    const input = { sample: fakeSample(), completions, outcomes: new Map(), looks };
    const [outcome] = await callReward(reward, input, 5000);
    expect(outcome).toMatchObject({ parts: { shuffled: 2 }, reason: 'sample-0 unknown' });
    expect(await reward.examples?.(fakeSample({ id: 'seven' }))).toEqual({
      gold: { text: 'for seven' },
    });
  });

  test('its logger, and its errors, reach the run', async () => {
    await call(reward, ['log']);
    expect(lines).toEqual(['seen 5']);
    expect(await told(call(reward, ['throw']))).toBe('threw: as told');
    expect(await told(call(reward, ['function']))).toMatch(/cannot leave its thread/);
    expect(await told(call(reward, ['fine']))).toBe('scored');
  });

  test('only the hanging call of eight is blamed; the seven behind it are answered', async () => {
    const calls = ['a', 'b', 'loop', 'c', 'd', 'e', 'f', 'g'].map((word) =>
      told(call(reward, [word], 150)),
    );
    const ends = await Promise.all(calls);
    expect(ends.filter((end) => end === 'scored')).toHaveLength(7);
    expect(ends[2]).toMatch(/^timed out after 150 ms, did not stop/);
  });

  test('of several calls under way in a thread that hangs, each is tried alone', async () => {
    const words = ['sleep 60', 'wait-and-loop', 'sleep 50'];
    const ends = await Promise.all(words.map((word) => told(call(reward, [word], 250))));
    expect(ends).toEqual(['scored', expect.stringMatching(/^timed out after 250 ms/), 'scored']);
  });

  test('a call that waits for ever, or listens to the signal, is over in time without ending the thread', async () => {
    const words = ['never', 'signal', 'sleep 10', 'fine'];
    const ends = await Promise.all(words.map((word) => told(call(reward, [word], 100))));
    const over = 'timed out after 100 ms';
    expect(ends).toEqual([over, over, 'scored', 'scored']);
    expect(lines).toEqual([]);
  });

  test('a number of tokens that is not known fails the reward that asks for it', async () => {
    const unknown = uncountedText({ text: 'x', finishReason: 'stop' });
    const input = { sample: fakeSample(), completions: [unknown], outcomes: new Map() };
    await expect(callReward(reward, input, 5000)).rejects.toThrow('send tokenCount');
  });

  test('a sample that cannot be sent fails its call', async () => {
    const sample = { ...fakeSample(), read: () => 'file' };
    const input = { sample, completions: [text('x')], outcomes: new Map() };
    await expect(callReward(reward, input, 5000)).rejects.toThrow('cannot be sent to its thread');
    expect(await told(call(reward, ['fine']))).toBe('scored');
  });

  test('a caller that aborts gets its rejection; the reward goes on', async () => {
    const controller = new AbortController();
    const input = { sample: fakeSample(), completions: [text('never')], outcomes: new Map() };
    const asked = reward.score({ ...input, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(asked).rejects.toThrow('enough');
    expect(await told(call(reward, ['fine']))).toBe('scored');
  });

  test.each([
    ['exit 3', /^ended its thread: it called process\.exit\(3\)$/],
    ['uncaught', /^ended its thread: it threw outside of its answers: out of the blue$/],
    ['leak', /^ended its thread: it used more than 48 MB of memory$/],
    ['buffers', /^ended its thread: it used more than 48 MB of memory$/],
    ['later-buffers', /^ended its thread: it used more than 48 MB of memory$/],
  ])('a thread that ends ("%s") fails the call by name and is started again', async (word, end) => {
    const ends = await Promise.all([word, 'a', 'b'].map((said) => told(call(reward, [said]))));
    expect(ends).toEqual([expect.stringMatching(end), 'scored', 'scored']);
    expect(lines).toEqual([
      expect.stringContaining('The thread of the reward "obedient" ended and is started again'),
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
    const reward = await (await open({}, { threads: 2 })).create();
    const hanging = told(call(reward, ['wait-and-loop'], 8000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const over = (async () => `not so: ${await hanging}`)();
    const fine = ['a', 'b', 'c'].map((word) => told(call(reward, [word])));
    expect(await Promise.race([Promise.all(fine), over])).toEqual(['scored', 'scored', 'scored']);
    await opened.at(-1)!.dispose();
    expect(await hanging).toBe('the run is over');
  });

  test('refuse a module that does not load, with the reason', async () => {
    const hanging = open({}, { limits: { startMs: 1000 } }, 'while (true);');
    await expect(hanging).rejects.toThrow('It took more than 1 s to load the module');
  });
});
