import { describe, expect, test } from '@jest/globals';
import type { GroupScore } from '../../../src/rollout/score-groups.ts';
import type { RewardOutcome } from '../../../src/spec/index.ts';
import { fakeSample } from '../../../src/testing/index.ts';
import { PassRates, passResult } from '../../../src/train/course/pass-rates.ts';
import { weightedDraws } from '../../../src/train/loop/weighted-draws.ts';
import { metricsOf, temporaryFolder, toySample, trainToy } from '../../toy-run.ts';
import { killedRun, wholeRun } from '../killed-run.ts';

describe('weighted draws', () => {
  test('give every index once, those left out aside, and depend on the seed alone', () => {
    const weightOf = (index: number) => (index % 2 === 0 ? 1 : 0.2);
    const drawn = [...weightedDraws(20, 7, weightOf, new Set([3, 4]))];
    expect([...drawn].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index).filter((index) => index !== 3 && index !== 4),
    );
    expect([...weightedDraws(20, 7, weightOf, new Set([3, 4]))]).toEqual(drawn);
    expect([...weightedDraws(20, 8, weightOf, new Set([3, 4]))]).not.toEqual(drawn);
  });

  test('give an index first in proportion to its weight', () => {
    const weights = [1, 0.5, 0.1];
    const counts = [0, 0, 0];
    const rounds = 8000;
    for (let seed = 0; seed < rounds; seed++) {
      const [first] = weightedDraws(3, seed, (index) => weights[index]!);
      counts[first!]!++;
    }
    // Shares 1, 0.5 and 0.1 of 1.6; three standard errors are below 0.017.
    for (const [index, share] of [0.625, 0.3125, 0.0625].entries()) {
      expect(Math.abs(counts[index]! / rounds - share)).toBeLessThan(0.017);
    }
  });
});

describe('pass rates', () => {
  const visit = (index: number, passed: number, tried = 8) => ({ index, passed, tried });

  test('weigh a new sample and one in two most, and one that is always or never right least', () => {
    const rates = new PassRates(0.1);
    rates.observe(1, [visit(0, 4), visit(1, 0), visit(2, 8), visit(3, 2)]);
    rates.observe(2, []);
    const weightOf = (index: number) => rates.weight(index, 3);
    expect(weightOf(9)).toBe(1);
    expect(weightOf(0)).toBe(1);
    // (0 + 1) / (8 + 2) = 0.1; 0.1 + 0.9 · 4 · 0.1 · 0.9 = 0.424; the same for (8 + 1) / 10.
    expect(weightOf(1)).toBeCloseTo(0.424, 12);
    expect(weightOf(2)).toBeCloseTo(0.424, 12);
    // (2 + 1) / 10 = 0.3; 0.1 + 0.9 · 4 · 0.3 · 0.7 = 0.856.
    expect(weightOf(3)).toBeCloseTo(0.856, 12);
  });

  test('halve what was seen before at every visit', () => {
    const rates = new PassRates(0.1);
    rates.observe(1, [visit(0, 0)]);
    rates.observe(2, [visit(0, 8)]);
    rates.observe(3, []);
    // 8 passes of 4 + 8 tries: p = 9 / 14; 0.1 + 0.9 · 4 · (9 · 5) / 196.
    expect(rates.weight(0, 4)).toBeCloseTo(0.1 + (0.9 * 4 * 45) / 196, 12);
  });

  test('are known one step late, whenever they are asked for, and the same from a checkpoint', () => {
    const rates = new PassRates(0.1);
    rates.observe(1, [visit(0, 0)]);
    // The draw for step 2 may be made before step 1 is done; that for step 3 may not.
    expect(rates.weight(0, 2)).toBe(1);
    expect(rates.weight(0, 3)).toBeCloseTo(0.424, 12);
    rates.observe(2, [visit(0, 0)]);
    const again = new PassRates(0.1, JSON.parse(JSON.stringify(rates.state)) as typeof rates.state);
    for (const step of [3, 4]) expect(again.weight(0, step)).toBe(rates.weight(0, step));
    expect(rates.weight(0, 3)).toBeCloseTo(0.424, 12);
    expect(rates.weight(0, 4)).toBeLessThan(0.424);
  });

  test('are the values of the leading reward, scaled to 0…1, where it scored', () => {
    const value = (of: number): RewardOutcome => ({ status: 'scored', value: of });
    const abstained: RewardOutcome = { status: 'abstained', reason: 'x' };
    const score = (outcomes: readonly RewardOutcome[]): GroupScore => ({
      failures: [],
      group: {
        sample: fakeSample(),
        prompt: { tokenIds: new Int32Array(), media: [] },
        rollouts: [],
        rewards: new Float64Array(outcomes.length),
        contributions: new Map(),
        outcomes: new Map([['answer', outcomes]]),
      },
    });
    const leading = { name: 'answer', range: [-1, 1] } as const;
    const scored = score([value(1), value(0), abstained, value(-1)]);
    expect(passResult(5, scored, leading)).toEqual({ index: 5, passed: 1.5, tried: 3 });
    expect(passResult(5, score([abstained]), leading)).toBeUndefined();
  });
});

describe('a run with a curriculum', () => {
  const samples = Array.from({ length: 24 }, (_, index) => toySample(index));
  const on = ['curriculum.floor=0.1', 'steps=10', 'checkpoint.every=3'];

  test('draws the same whatever was read ahead, killed or not', async () => {
    const whole = await wholeRun([...on, 'prefetchSteps=0'], { samples });
    expect(await wholeRun([...on, 'prefetchSteps=3'], { samples })).toEqual(whole);
    expect(await killedRun(8, [...on, 'prefetchSteps=1'], { samples })).toEqual(whole);
    expect(await killedRun(7, [...on, 'prefetchSteps=0'], { samples })).toEqual(whole);
    const replacing = [...on, 'dynamicSampling.attempts=1'];
    const replaced = await wholeRun([...replacing, 'prefetchSteps=0'], { samples });
    expect(replaced.rollouts).toContain('"attempt":1');
    expect(await killedRun(8, [...replacing, 'prefetchSteps=3'], { samples })).toEqual(replaced);
  });

  test('asks more often what is right now and then', async () => {
    // Half of the questions can never be right.
    const hopeless = (id: string) => Number(id.split('-')[1]) % 2 === 1;
    const asked = async (set: readonly string[]): Promise<number> => {
      const { events } = await trainToy(
        temporaryFolder(),
        [...set, 'steps=40', 'checkpoint.every=0'],
        {
          samples,
          rewards: {
            'says-b': {
              range: [0, 1],
              score: ({ completions, sample }) =>
                completions.map(({ text }) => ({
                  status: 'scored',
                  value: !hopeless(sample.id) && /[AB]/.test(text) ? 1 : 0,
                })),
            },
          },
        },
      );
      expect(metricsOf(events)).toHaveLength(40);
      return events.filter(
        (event) => event.type === 'rollout-group' && hopeless(event.group.sample.id),
      ).length;
    };
    const evenly = await asked([]);
    expect(Math.abs(evenly - 80)).toBeLessThan(12);
    expect(await asked(['curriculum.floor=0.05', 'optimizer.learningRate=1e-6'])).toBeLessThan(
      0.75 * evenly,
    );
  });
});
