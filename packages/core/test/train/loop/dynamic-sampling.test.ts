import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { GroupScore } from '../../../src/rollout/score-groups.ts';
import type { AdvantagedGroup, Reward } from '../../../src/spec/index.ts';
import {
  gatherGroups,
  marksOf,
  replacementMetrics,
} from '../../../src/train/loop/dynamic-sampling.ts';
import type { GatherParts } from '../../../src/train/loop/dynamic-sampling.ts';
import type { RolloutLine } from '../../../src/train/run-folder/rollout-lines.ts';
import { metricsOf, saysB, temporaryFolder, toySample, trainToy } from '../../toy-run.ts';
import { killedRun, wholeRun } from '../killed-run.ts';

/** Rewards of the two completions of a sample; a failed group has none. */
type Rewards = readonly [number, number] | 'failed';

const EQUAL: Rewards = [1, 1];
const DIFFERENT: Rewards = [0, 1];

/** Parts over a dataset whose samples earn what `dataset` says, drawn in order. */
function partsOver(dataset: readonly Rewards[], attempts: number) {
  const samples = dataset.map((_, index) => toySample(index));
  const indexOf = new Map(samples.map(({ id }, index) => [id, index]));
  const asked: { readonly attempt: number; readonly taken: readonly number[] }[] = [];
  const prompted = (index: number) => ({
    sample: samples[index]!,
    prompt: { tokenIds: new Int32Array(), media: [] },
  });
  const parts: GatherParts = {
    attempts,
    async sample(prompts) {
      return prompts.map(({ sample, prompt }): GroupScore => {
        const rewards = dataset[indexOf.get(sample.id)!]!;
        const failed = rewards === 'failed';
        return {
          group: {
            sample,
            prompt,
            rollouts: [],
            rewards: Float64Array.from(failed ? [NaN, NaN] : rewards),
            contributions: new Map(),
            outcomes: new Map(),
          },
          failures: failed ? [{ reward: 'answer', sampleId: sample.id, message: 'x' }] : [],
        };
      });
    },
    estimate: (scores) =>
      new Map(
        scores
          .filter(({ failures }) => failures.length === 0)
          .map((score): [GroupScore, AdvantagedGroup] => {
            const [first, second] = score.group.rewards as unknown as readonly [number, number];
            const advantages = Float64Array.of(first - second, second - first);
            return [score, { ...score.group, advantages }];
          }),
      ),
    async replace(count, attempt, taken) {
      asked.push({ attempt, taken: [...taken].sort((a, b) => a - b) });
      const free = [...dataset.keys()].filter((index) => !taken.has(index)).slice(0, count);
      return { prompts: free.map(prompted), indices: free, skipped: [] };
    },
  };
  const drawn = (count: number) => ({
    prompts: [...dataset.keys()].slice(0, count).map(prompted),
    indices: [...dataset.keys()].slice(0, count),
  });
  return { parts, drawn, asked };
}

const idsOf = (scores: readonly GroupScore[]) => scores.map(({ group }) => group.sample.id);

describe('gathering groups', () => {
  test('puts other groups where the first teach nothing, attempt by attempt', async () => {
    const { parts, drawn, asked } = partsOver(
      [EQUAL, DIFFERENT, EQUAL, 'failed', DIFFERENT, EQUAL, EQUAL, DIFFERENT, EQUAL],
      2,
    );
    const gathered = await gatherGroups(drawn(4), parts);
    // Attempt 1 draws 4, 5, 6 for the places 0, 2, 3; 4 has a signal. Attempt 2 draws 7, 8 for 2, 3; 7 has.
    expect(idsOf(gathered.scores)).toEqual(['sample-4', 'sample-1', 'sample-7', 'sample-3']);
    expect(asked).toEqual([
      { attempt: 1, taken: [0, 1, 2, 3] },
      { attempt: 2, taken: [0, 1, 2, 3, 4, 5, 6] },
    ]);
    expect([...gathered.groups.keys()]).toEqual(
      gathered.scores.filter(({ failures }) => failures.length === 0),
    );
    expect(replacementMetrics(gathered)).toEqual({
      'groups/replaced': 2,
      'groups/sampled': 9,
      'drawn/zero-variance': 0.75,
      // (1 + 1 + 0 + 1 + 1 + 1) / 6; the failed group has no reward.
      'drawn/reward': 5 / 6,
    });
    expect([...marksOf(gathered)].map(([{ group }, mark]) => [group.sample.id, mark])).toEqual([
      ['sample-0', { leftOut: 'no-signal' }],
      ['sample-1', {}],
      ['sample-2', { leftOut: 'no-signal' }],
      ['sample-3', {}],
      ['sample-4', { attempt: 1 }],
      ['sample-5', { attempt: 1, leftOut: 'no-signal' }],
      ['sample-6', { attempt: 1, leftOut: 'no-signal' }],
      ['sample-7', { attempt: 2 }],
      ['sample-8', { attempt: 2, leftOut: 'no-signal' }],
    ]);
  });

  test('asks for nothing when every group teaches something, and without attempts', async () => {
    const good = partsOver([DIFFERENT, DIFFERENT, EQUAL], 3);
    await gatherGroups(good.drawn(2), good.parts);
    expect(good.asked).toEqual([]);
    const off = partsOver([EQUAL, EQUAL, DIFFERENT], 0);
    const gathered = await gatherGroups(off.drawn(2), off.parts);
    expect(off.asked).toEqual([]);
    expect(idsOf(gathered.scores)).toEqual(['sample-0', 'sample-1']);
  });

  test('ends when the dataset has no other sample', async () => {
    const { parts, drawn, asked } = partsOver([EQUAL, EQUAL, EQUAL], 5);
    const gathered = await gatherGroups(drawn(2), parts);
    expect(asked.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(idsOf(gathered.scores)).toEqual(['sample-0', 'sample-1']);
    expect(gathered.sampled).toHaveLength(3);
  });
});

describe('a run with dynamic sampling', () => {
  const samples = Array.from({ length: 24 }, (_, index) => toySample(index));
  const on = ['dynamicSampling.attempts=2', 'sampler.completionsPerPrompt=3'];

  test('has more groups with a signal, counts what they cost, and keeps all in the record', async () => {
    const plain = await trainToy(temporaryFolder(), on.slice(1), { samples });
    const folder = temporaryFolder();
    const { events } = await trainToy(folder, on, { samples });
    const without = (found: typeof events) =>
      metricsOf(found).reduce((sum, values) => sum + values['groups/zero-variance']!, 0);
    expect(without(events)).toBeLessThan(without(plain.events));
    const lines = readFileSync(join(folder, 'rollouts.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RolloutLine);
    for (const [index, values] of metricsOf(events).entries()) {
      const own = lines.filter(({ step }) => step === index + 1);
      expect(new Set(own.map(({ sampleId }) => sampleId)).size).toBe(values['groups/sampled']);
      expect(own).toHaveLength(3 * values['groups/sampled']!);
      const trained = own.filter(({ leftOut }) => leftOut === undefined);
      expect(trained).toHaveLength(3 * 4);
      const replaced = trained.filter(({ attempt }) => attempt !== undefined);
      expect(replaced).toHaveLength(3 * values['groups/replaced']!);
      for (const { leftOut, advantage } of own)
        expect(advantage === null).toBe(leftOut !== undefined);
    }
    expect(lines.some(({ attempt }) => attempt === 2)).toBe(true);
    // The first step draws the same prompts and completions, replaced or not.
    expect(metricsOf(events)[0]!['drawn/reward']).toBe(metricsOf(plain.events)[0]!['reward/total']);
  });

  test('draws the same whatever was read ahead, killed or not', async () => {
    const whole = await wholeRun([...on, 'prefetchSteps=0'], { samples });
    expect(whole.rollouts).toContain('"attempt":2');
    expect(await wholeRun([...on, 'prefetchSteps=3'], { samples })).toEqual(whole);
    expect(await killedRun(6, [...on, 'prefetchSteps=3'], { samples })).toEqual(whole);
    expect(await killedRun(4, [...on, 'prefetchSteps=0'], { samples })).toEqual(whole);
  });

  test('counts a failed group once, and not as one without signal', async () => {
    const failing: Reward = {
      range: [0, 1],
      score: (input) => {
        if (input.sample.id === 'sample-0') throw new Error('no verdict');
        return saysB.score(input);
      },
    };
    const set = [...on, 'maxFailedGroupShare=1', 'steps=12'];
    const { events } = await trainToy(temporaryFolder(), set, {
      samples: samples.slice(0, 6),
      rewards: { 'says-b': failing },
    });
    const groups = events.filter((event) => event.type === 'rollout-group');
    const failed = groups.filter(({ failures }) => failures.length > 0);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every(({ leftOut }) => leftOut === undefined)).toBe(true);
    const counted = metricsOf(events).reduce((sum, values) => sum + values['groups/failed']!, 0);
    expect(counted).toBe(failed.length);
  });
});
