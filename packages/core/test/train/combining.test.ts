/** Clip, gate, moving weights and per-reward advantages in whole runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { takeItems } from '../../src/evaluate/items/take-items.ts';
import { evaluate } from '../../src/evaluate/run/evaluate.ts';
import { greedySampling } from '../../src/rollout/greedy-sampling.ts';
import type { AdvantageEstimator, Reward } from '../../src/spec/index.ts';
import type { RolloutLine } from '../../src/train/run-folder/rollout-lines.ts';
import { metricsOf, saysB, temporaryFolder, toyRun, trainToy } from '../toy-run.ts';

/** Two points for a completion of one token, none from four on; abstains where there is no text. */
const brevity: Reward = {
  range: [0, 2],
  score: ({ completions }) =>
    completions.map(({ text, tokenCount }) =>
      text === ''
        ? { status: 'abstained', reason: 'no text' }
        : { status: 'scored', value: Math.max(0, 2 - tokenCount / 2) },
    ),
};

const rewards = { 'says-b': saysB, brevity };

const COMBINED = [
  'rewards.1.weight={from: 0, to: 2, start: 1, steps: 4}',
  'rewards.1.clip=[0, 1]',
  'rewards.1.gate={reward: says-b, above: 0.5}',
  'advantage=reward-normalised',
];

function rolloutsOf(folder: string): readonly RolloutLine[] {
  const text = readFileSync(join(folder, 'rollouts.jsonl'), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RolloutLine);
}

describe('a run with combined rewards', () => {
  test('learns with advantages of each reward by itself', async () => {
    const { events } = await trainToy(
      temporaryFolder(),
      ['steps=60', 'checkpoint.every=0', 'advantage=reward-normalised'],
      { rewards },
    );
    const metrics = metricsOf(events);
    expect(metrics[0]!['reward/says-b']).toBeLessThan(0.5);
    expect(metrics.at(-1)!['reward/says-b']).toBeGreaterThan(0.8);
  });

  test('measures before and after: what was said, gates, weights, what was added', async () => {
    const folder = temporaryFolder();
    const { events } = await trainToy(folder, COMBINED, { rewards });
    const metrics = metricsOf(events);
    expect(metrics.map((values) => values['weight/brevity'])).toEqual([0, 0.5, 1, 1.5, 2, 2]);
    expect(metrics[0]).not.toHaveProperty(['weight/says-b']);
    expect(metrics[0]).not.toHaveProperty(['gate/says-b']);
    for (const [index, values] of metrics.entries()) {
      const lines = rolloutsOf(folder).filter(({ step }) => step === index + 1);
      const mean = (of: (line: RolloutLine) => number): number =>
        lines.reduce((sum, line) => sum + of(line), 0) / lines.length;
      const added = (line: RolloutLine, name: string): number => {
        const { value, weight } = line.contributions![name]!;
        return (value ?? 0) * weight;
      };
      expect(values['gate/brevity']).toBeCloseTo(
        mean(({ contributions }) => (contributions!['brevity']!.closed === undefined ? 1 : 0)),
        12,
      );
      expect(values['gate/brevity']).toBeCloseTo(values['reward/says-b']!, 12);
      expect(values['weighted/brevity']).toBeCloseTo(
        mean((line) => added(line, 'brevity')),
        12,
      );
      expect(values['reward/total']).toBeCloseTo(
        values['weighted/brevity']! + values['weighted/says-b']!,
        12,
      );
      expect(values['advantage/says-b']).toBeCloseTo(
        mean(({ contributions }) => Math.abs(contributions!['says-b']!.advantage!)),
        12,
      );
    }
  });

  test('logs with every rollout what became of each reward, and what it did to the advantage', async () => {
    const folder = temporaryFolder();
    await trainToy(folder, COMBINED, { rewards });
    const lines = rolloutsOf(folder);
    for (const { outcomes, contributions, reward, advantage } of lines) {
      const [b, brief] = [contributions!['says-b']!, contributions!['brevity']!];
      expect(reward).toBe(b.value! * b.weight + (brief.value ?? 0) * brief.weight);
      expect(advantage).toBeCloseTo(b.advantage! + brief.advantage!, 9);
      const said = outcomes['brevity']!;
      if (said.status !== 'scored') expect(brief.value).toBeNull();
      else if (b.value === 1) expect(brief).toMatchObject({ value: Math.min(1, said.value) });
      else expect(brief).toMatchObject({ value: 0, closed: 'says-b is 0, not above 0.5' });
    }
    expect(lines.some(({ contributions }) => contributions!['brevity']!.value === 1)).toBe(true);
  });

  test('makes the same steps when it is stopped and resumed while a weight moves', async () => {
    const whole = temporaryFolder();
    await trainToy(whole, COMBINED, { rewards });
    const folder = temporaryFolder();
    await trainToy(
      folder,
      COMBINED,
      { rewards },
      {
        onEvent: (event, stop) => {
          if (event.type === 'step-end' && event.step === 3) stop();
        },
      },
    );
    await trainToy(folder, COMBINED, { rewards }, { resume: true });
    expect(readFileSync(join(folder, 'rollouts.jsonl'), 'utf8')).toBe(
      readFileSync(join(whole, 'rollouts.jsonl'), 'utf8'),
    );
  });

  test('evaluates by the weights that schedules end with', async () => {
    const set = ['rewards.0.weight={from: 0, to: 4, steps: 100}'];
    const { run } = await toyRun(temporaryFolder(), set);
    const benchmark = await run.benchmark();
    const items = await takeItems(benchmark, { questions: 4, seed: 1 });
    const rows = await evaluate(await run.policy(), benchmark, items, {
      ...{ conditions: ['as-filmed'], batchSize: 4, seed: 1, keep: () => undefined },
      sampling: greedySampling(6),
      takesSilence: true,
      rewards: await run.rewards(),
    });
    expect(rows.size).toBe(4);
    for (const { measures } of rows.values()) {
      expect(measures!['reward']).toBe(4 * measures!['reward/says-b']!);
    }
    await run.dispose();
  });

  test('without per-reward advantages logs no shares of them', async () => {
    const folder = temporaryFolder();
    const { events } = await trainToy(folder, ['steps=1'], { rewards });
    expect(metricsOf(events)[0]).not.toHaveProperty(['advantage/says-b']);
    expect(rolloutsOf(folder)[0]!.contributions!['says-b']).toEqual({
      value: expect.any(Number),
      weight: 1,
    });
  });
});

describe('an advantage plugin', () => {
  test('that does not give one advantage a completion is named', async () => {
    const short: AdvantageEstimator = {
      estimate: (groups) => groups.map(() => ({ advantages: new Float64Array(1) })),
    };
    await expect(
      trainToy(temporaryFolder(), ['advantage=short'], { advantages: { short } }),
    ).rejects.toMatchObject({
      code: 'advantage-shape',
      message: expect.stringContaining('"short" must return one entry for each group'),
    });
  });
});
