import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createFromPlugin, parseOptions } from '../../src/plugin/create-plugin.ts';
import { abstain, defineReward } from '../../src/plugin/define-reward.ts';
import { callReward } from '../../src/rollout/call-reward.ts';
import type { ErasedPlugin, RewardOutcome, ScoredText } from '../../src/spec/index.ts';
import { describeRewardContract, fakeLogger, fakeSample } from '../../src/testing/index.ts';

const text = (value: string): ScoredText => ({
  text: value,
  tokenCount: value.length,
  finishReason: 'stop',
});

async function score(
  plugin: ErasedPlugin<'reward'>,
  texts: readonly string[],
  options: object = {},
  said: Readonly<Record<string, readonly RewardOutcome[]>> = {},
): Promise<readonly RewardOutcome[]> {
  const context = { seed: 7, baseDirectory: '.', logger: fakeLogger() };
  const reward = await createFromPlugin(plugin, parseOptions(plugin, options), context);
  const outcomes = new Map(Object.entries(said));
  const input = { sample: fakeSample(), completions: texts.map(text), outcomes };
  return callReward(reward, input, 1000);
}

const brevity = defineReward({
  name: 'brevity',
  description: 'One point for a completion of at most `limit` characters.',
  options: z.strictObject({ limit: z.number().default(3) }),
  score: ({ tokenCount }, _sample, { options }) => (tokenCount <= options.limit ? 1 : 0),
});

describeRewardContract({
  plugin: brevity,
  sample: fakeSample(),
  gold: 'A',
  garbage: ['x'.repeat(500)],
});

describe('defineReward', () => {
  test('a bare number is a value; options reach the function', async () => {
    expect(await score(brevity, ['ab', 'abcd'])).toEqual([
      { status: 'scored', value: 1 },
      { status: 'scored', value: 0 },
    ]);
    expect(await score(brevity, ['abcd'], { limit: 4 })).toEqual([{ status: 'scored', value: 1 }]);
  });

  test.each([
    [[{ key: 'a', start: 0, end: 1, value: 0.5 }], undefined],
    ['all', 'the text "all" as credits, which is not a list'],
    [[{ key: 'a', start: 1, end: 1, value: 0.5 }], 'a credit is { key, start, end, value }'],
    [[{ key: 'a', start: 0, end: 1, value: NaN }], 'a credit is'],
    [[{ key: 'a', start: 0, end: 1, value: 0.5, absent: 0 }], undefined],
    [[{ key: 'a', start: 0, end: 1, value: 0.5, absent: NaN }], 'a finite absent'],
    [[{ key: 'a', start: 0, end: 1, value: 0.5, baseline: 1 }], undefined],
    [[{ key: 'a', start: 0, end: 1, value: 0.5, baseline: Infinity }], 'and baseline if any'],
    [[{ start: 0, end: 1, value: 0 }], 'a credit is'],
    [[null], 'the credit null'],
    [
      [
        { key: 'b', start: 2, end: 4, value: 0 },
        { key: 'a', start: 0, end: 3, value: 0 },
      ],
      'credits that overlap at 2',
    ],
  ])('credits %j of stretches are checked: %s', async (credits, complaint) => {
    const plugin = defineReward({
      name: 'credited',
      description: 'Credits what it is told to.',
      credits: true,
      score: () => ({ value: 1, credits: credits as never }),
    });
    const scored = score(plugin, ['abcdef']);
    if (complaint === undefined)
      expect(await scored).toEqual([{ status: 'scored', value: 1, credits }]); // prettier-ignore
    else await expect(scored).rejects.toThrow(complaint);
  });

  test('parts, reasons and abstentions are kept', async () => {
    const plugin = defineReward({
      name: 'vowels',
      description: 'Share of vowels in a text.',
      score: ({ text: said }) =>
        said === '' ? abstain('no text') : { value: 0.5, parts: { vowels: 1 }, reason: 'counted' },
    });
    expect(await score(plugin, ['', 'ab'])).toEqual([
      { status: 'abstained', reason: 'no text' },
      { status: 'scored', value: 0.5, parts: { vowels: 1 }, reason: 'counted' },
    ]);
  });

  test('one completion that throws, or whose promise is rejected, fails alone', async () => {
    const plugin = defineReward({
      name: 'brittle',
      description: 'Breaks on some texts.',
      score: async ({ text: said }) => {
        if (said === 'later') await Promise.reject(new Error('judge is down'));
        if (said === 'now') throw new Error('no such thing');
        return 1;
      },
    });
    expect(await score(plugin, ['fine', 'now', 'later'])).toEqual([
      { status: 'scored', value: 1 },
      { status: 'failed', reason: 'threw: no such thing' },
      { status: 'failed', reason: 'threw: judge is down' },
    ]);
  });

  test('a function of the group sees all completions at once', async () => {
    const plugin = defineReward({
      name: 'longest',
      description: 'One point for the longest completion of a group.',
      scoreGroup: (completions) => {
        const longest = Math.max(...completions.map(({ tokenCount }) => tokenCount));
        return completions.map(({ tokenCount }) => (tokenCount === longest ? 1 : 0));
      },
    });
    expect(await score(plugin, ['a', 'abc', 'ab'])).toEqual(
      [0, 1, 0].map((value) => ({ status: 'scored', value })),
    );
  });

  test('a function of the group that answers too few is named', async () => {
    const plugin = defineReward({
      name: 'lazy',
      description: 'Says little.',
      scoreGroup: () => [1],
    });
    await expect(score(plugin, ['a', 'b'])).rejects.toThrow(
      'returned 1 outcomes for 2 completions',
    );
  });

  test('what an earlier reward said is there by name, for this completion', async () => {
    const plugin = defineReward({
      name: 'echo',
      description: 'Repeats what the answer reward said.',
      after: ['answer'],
      score: (_completion, _sample, { said, index, run }) => {
        const earlier = said('answer');
        expect(said('other')).toBeUndefined();
        return earlier?.status === 'scored'
          ? { value: earlier.value, parts: { index, seed: run.seed } }
          : abstain('nothing said');
      },
    });
    const answers = [0.25, 0.75].map((value): RewardOutcome => ({ status: 'scored', value }));
    expect(await score(plugin, ['a', 'b'], {}, { answer: answers })).toEqual([
      { status: 'scored', value: 0.25, parts: { index: 0, seed: 7 } },
      { status: 'scored', value: 0.75, parts: { index: 1, seed: 7 } },
    ]);
  });

  test('the signal is asked for when a reward reads it, and no earlier', async () => {
    const asked: string[] = [];
    const { signal } = new AbortController();
    const reader = { name: 'reader', description: 'Reads the signal.' };
    const rewards = {
      'one that does not': defineReward({ ...reader, score: () => 1 }),
      'a group that does not': defineReward({ ...reader, scoreGroup: () => [1] }),
      'one that does': defineReward({
        ...reader,
        score: (_, __, of) => Number(!of.signal.aborted),
      }),
      'a group that does': defineReward({
        ...reader,
        scoreGroup: (_, __, of) => [Number(!of.signal.aborted)],
      }),
    };
    for (const [kind, plugin] of Object.entries(rewards)) {
      const context = { seed: 7, baseDirectory: '.', logger: fakeLogger() };
      const reward = await createFromPlugin(plugin, parseOptions(plugin, {}), context);
      const outcomes = await reward.score({
        sample: fakeSample(),
        completions: [text('A')],
        outcomes: new Map(),
        get signal() {
          asked.push(kind);
          return signal;
        },
      });
      expect(outcomes).toEqual([{ status: 'scored', value: 1 }]);
    }
    expect(asked).toEqual(['one that does', 'a group that does']);
  });

  test('a value that is no number is a named failure, not a 0', async () => {
    const nothing = defineReward({
      name: 'nothing',
      description: 'Forgets to return.',
      score: () => undefined as unknown as number,
    });
    await expect(score(nothing, ['a'])).rejects.toThrow('returned an outcome without a status');
    const text = defineReward({
      name: 'text',
      description: 'Returns a text for a value.',
      score: () => ({ value: '1' as unknown as number }),
    });
    await expect(score(text, ['a'])).rejects.toThrow('not a finite number');
  });
});
