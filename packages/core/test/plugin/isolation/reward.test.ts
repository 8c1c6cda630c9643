/** Rewards in threads of their own; `reward.slow.ts` has the threads that end in other ways. */
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { callReward } from '../../../src/rollout/call-reward.ts';
import { uncountedText } from '../../../src/rollout/uncounted-text.ts';
import type { Reward } from '../../../src/spec/index.ts';
import { fakeSample } from '../../../src/testing/index.ts';
import { call, open, text, told } from './obedient.ts';

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
    expect(await told(call(reward, ['function']))).toMatch(/cannot be sent to the main thread/);
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

  test('a thread that ends fails the call by name and is started again', async () => {
    const ends = await Promise.all(['exit 3', 'a', 'b'].map((said) => told(call(reward, [said]))));
    const end = 'ended its thread: it called process.exit(3)';
    expect(ends).toEqual([end, 'scored', 'scored']);
    expect(lines).toEqual([
      expect.stringContaining('The thread of the reward "obedient" ended, and a new one starts'),
    ]);
  });
});
