/** What a run says when it has nothing to learn from, before its first step and while it goes on. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LociError } from '../../../src/errors/loci-error.ts';
import type { Reward, RewardOutcome } from '../../../src/spec/index.ts';
import { metricsOf, saysB, temporaryFolder, trainToy } from '../../toy-run.ts';

const constant: Reward = {
  range: [0, 1],
  score: ({ completions }) => completions.map(() => ({ status: 'scored', value: 0 })),
};

describe('settings under which nothing can be learned stop before the first step', () => {
  test.each([
    [['sampler.completionsPerPrompt=1'], 'sampler.completionsPerPrompt'],
    [['sampler.temperature=0'], 'sampler.temperature'],
    [['sampler.topK=1'], 'sampler.topK'],
    [['sampler.topP=1e-9'], 'sampler.topP'],
    [['rewards=[]'], 'rewards'],
    [['rewards.0.weight=0'], 'says-b: weight 0'],
    [['rewards.0.weight={ from: 0, to: 1, start: 90, steps: 5 }'], 'weight 0 up to step 6'],
    [['rewards.0.clip=[2, 3]'], 'every value counts as 2'],
    [['advantage=reward-normalised', 'sampler.completionsPerPrompt=1'], 'completionsPerPrompt'],
    [['advantage=span-credit'], 'no reward of this run credits any'],
  ])('%p', async (set, named) => {
    const folder = join(temporaryFolder(), 'run');
    const thrown: unknown = await trainToy(folder, set).catch((error: unknown) => error);
    expect(LociError.is(thrown) && thrown.code).toBe('nothing-to-learn');
    expect((thrown as LociError).message).toContain(`--set ${set.at(-1)}: `);
    expect((thrown as LociError).message).toContain(named);
    expect(existsSync(folder)).toBe(false);
  });

  test('a gate that cannot open', async () => {
    const rewards = { 'says-b': saysB, other: saysB };
    const set = ['rewards.0.weight=0', 'rewards.1.gate={ reward: says-b, above: 1 }'];
    await expect(trainToy(temporaryFolder(), set, { rewards })).rejects.toThrow('gate never opens');
  });

  test('one reward that can tell completions apart is enough, and so are demonstrations', async () => {
    const rewards = { watched: constant, 'says-b': saysB };
    const set = ['rewards.0.weight=0', 'steps=1'];
    expect((await trainToy(temporaryFolder(), set, { rewards })).outcome.reason).toBe('finished');
    const taught = ['objective=sft', 'rewards=[]', 'sampler.completionsPerPrompt=1', 'steps=1'];
    expect((await trainToy(temporaryFolder(), taught)).outcome.reason).toBe('finished');
  });
});

describe('a run without a signal', () => {
  test('says so when it begins, and again at the end', async () => {
    const { lines } = await trainToy(temporaryFolder(), [], { rewards: { constant } });
    expect(lines.filter((line) => line.includes('taught nothing'))).toEqual([
      expect.stringMatching(/^Steps 1 to 3 taught nothing: .* earns the least/),
      expect.stringMatching(/^All 6 steps of this run taught nothing: /),
    ]);
  });

  test('of a single step says so at the end', async () => {
    const { lines } = await trainToy(temporaryFolder(), ['steps=1'], { rewards: { constant } });
    expect(lines.join()).toContain('The one step of this run taught nothing');
  });

  test('that has one says nothing', async () => {
    const { lines } = await trainToy(temporaryFolder());
    expect(lines.join()).not.toContain('taught nothing');
  });
});

describe('rewards that abstain or give no value', () => {
  const said = (index: number): RewardOutcome =>
    index === 0
      ? { status: 'abstained', reason: 'no verdict' }
      : { status: 'scored', value: index / 10, parts: { share: index === 1 ? 0 / 0 : 0.5 } };
  const judge: Reward = {
    range: [0, 1],
    score: ({ completions }) => completions.map((_, i) => said(i)),
  };

  test('an abstention has no advantage, no sum, and no part in the figures', async () => {
    const folder = temporaryFolder();
    const { events, lines } = await trainToy(folder, ['steps=1'], { rewards: { judge } });
    const rollouts = readFileSync(join(folder, 'rollouts.jsonl'), 'utf8').trim().split('\n');
    const first = JSON.parse(rollouts[0]!) as Record<string, unknown>;
    expect(first).toMatchObject({ completion: 0, reward: null, advantage: 0 });
    const [metrics] = metricsOf(events);
    expect(metrics!['reward/total']).toBeCloseTo(0.3, 12);
    expect(metrics!['weighted/judge']).toBeCloseTo(0.3, 12);
    expect(metrics!['reward/judge/share']).toBe(0.5);
    expect(lines.filter((line) => line.includes('"share"'))).toEqual([
      expect.stringMatching(/^Step 1: the part "share" of the reward "judge" is NaN for sample /),
      'The part "share" of the reward "judge" had no value 4 times; its figures leave them out',
    ]);
  });

  test('a judge that fails on every completion is named once a step', async () => {
    const flaky: Reward = {
      range: [0, 1],
      score: ({ completions }) => completions.map(() => ({ status: 'failed', reason: '503' })),
    };
    const { lines } = await trainToy(temporaryFolder(), ['steps=2', 'maxFailedGroupShare=1'], {
      rewards: { flaky },
    });
    const named = lines.filter((line) => line.includes('left out'));
    expect(named).toHaveLength(2);
    expect(named[0]).toMatch(
      /^Step 1, 4 of 4 groups are left out: reward "flaky" failed 24 times, first on sample .*, completion 0: 503$/,
    );
  });
});
