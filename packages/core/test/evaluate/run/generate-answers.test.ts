/** Several answers to an item, videos shown as images, and what rewards make of answers. */
import { describe, expect, test } from '@jest/globals';
import { evaluationReport } from '../../../src/evaluate/figures/evaluation-report.ts';
import { evaluate } from '../../../src/evaluate/run/evaluate.ts';
import { greedySampling } from '../../../src/rollout/greedy-sampling.ts';
import type { RunReward } from '../../../src/rollout/run-reward.ts';
import { fakePolicy } from '../../../src/testing/index.ts';
import { benchmark, counting, items, options } from './ten-items.ts';

describe('several answers to an item', () => {
  const sampled = { ...options, samples: 3, keep: () => undefined };

  test('each have a row of their own, the first as if it were the only one', async () => {
    const rows = await evaluate(fakePolicy(), benchmark, items, sampled);
    expect(rows.size).toBe(9 * 3 + 1);
    const of = (id: string) => [...rows.values()].filter(({ item }) => item.id === id);
    expect(of('q0').map(({ sample }) => sample)).toEqual([undefined, 1, 2]);
    expect(of('q4')).toHaveLength(1);
    const { samples, conditions } = evaluationReport(benchmark, rows.values(), 1);
    expect(samples).toBe(3);
    const { scorers, estimates, means } = conditions['as-filmed']!;
    expect(Object.keys(estimates!)).toEqual(['pass@1', 'pass@2', 'pass@3', 'majority@3']);
    const [mean] = scorers;
    expect(mean!.items).toBe(10);
    expect(estimates!['pass@1']![0]!.headline.value).toBeCloseTo(mean!.headline.value, 12);
    expect(estimates!['pass@3']![0]!.headline.value).toBeGreaterThan(mean!.headline.value);
    expect(means.overall.score.count).toBe(9);
  });

  test('are generated again together when one of them is missing', async () => {
    const whole = await evaluate(fakePolicy(), benchmark, items, sampled);
    const earlier = new Map([...whole].filter(([key]) => key !== 'as-filmed\nq0\n2'));
    const { policy, asked } = counting();
    const rows = await evaluate(policy, benchmark, items, { ...sampled, earlier });
    expect(asked()).toBe(1);
    expect([...rows.keys()]).toEqual([...whole.keys()]);
  });

  test('cannot be greedy', async () => {
    const greedy = { ...sampled, sampling: greedySampling(6) };
    await expect(evaluate(fakePolicy(), benchmark, items, greedy)).rejects.toMatchObject({
      code: 'samples-greedy',
    });
  });
});

test('a batch that misses an answer is generated again as a whole where that is asked for', async () => {
  const kept = { ...options, keep: () => undefined };
  const whole = await evaluate(fakePolicy(), benchmark, items, kept);
  const earlier = new Map([...whole].filter(([key]) => key !== 'as-filmed\nq1'));
  const { policy, asked } = counting();
  await evaluate(policy, benchmark, items, { ...kept, earlier });
  expect(asked()).toBe(1);
  const rows = await evaluate(policy, benchmark, items, { ...kept, earlier, wholeBatches: true });
  expect(asked()).toBe(1 + 3);
  expect([...rows]).toEqual([...whole]);
});

test('videos are shown as images where that is asked for, and images stay what they are', async () => {
  const policy = fakePolicy();
  const shown: (string | undefined)[] = [];
  const { encode } = policy.processor;
  Object.assign(policy.processor, {
    encode(...[messages, treatment]: Parameters<typeof encode>) {
      for (const part of messages[0]!.parts) if (part.type === 'media') shown.push(part.as);
      return encode.call(policy.processor, messages, treatment);
    },
  });
  const two = [items[0]!, items[9]!];
  const conditions = ['as-filmed', 'images'] as const;
  const rows = await evaluate(policy, benchmark, two, {
    ...{ ...options, conditions },
    keep: () => undefined,
  });
  // One video is tried before, then come the two as filmed and the video as images.
  expect(shown).toEqual(['images', undefined, undefined, 'images']);
  const [filmed, , images] = rows.values();
  expect(images).toMatchObject({ condition: 'images', item: { id: 'q0' } });
  expect(images!.promptHash).not.toBe(filmed!.promptHash);
  expect(images!.textHash).toBe(filmed!.textHash);
});

test("the run's rewards measure the answers beside the scorers", async () => {
  const reward: RunReward = {
    ...{ name: 'long', weight: 2, clip: undefined, gate: undefined, timeoutMs: 1000 },
    reward: {
      range: [0, 9],
      score: ({ completions }) =>
        completions.map(({ tokenCount }) => ({ status: 'scored', value: tokenCount })),
    },
  };
  const rows = await evaluate(fakePolicy(), benchmark, items, {
    ...options,
    rewards: [reward],
    keep: () => undefined,
  });
  const answers = [...rows.values()].filter(({ prediction }) => prediction.status === 'answered');
  for (const { measures } of answers) {
    expect(measures!['reward/long']).toBeGreaterThan(0);
    expect(measures!['reward']).toBe(2 * measures!['reward/long']!);
  }
  const { means } = evaluationReport(benchmark, rows.values(), 1).conditions['as-filmed']!;
  expect(means.overall.measures['reward']!.count).toBe(9);
});
