import { describe, expect, test } from '@jest/globals';
import { adamw } from '../../../src/train/algorithm/adamw.ts';
import { sampler } from '../../../src/train/algorithm/sampler.ts';
import { constant, cosine } from '../../../src/train/algorithm/schedules.ts';

const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };

describe('schedules', () => {
  test('the constant one rises to 1 and stays', async () => {
    const schedule = await constant.create({ warmupSteps: 3 }, context);
    expect([0, 1, 2, 3, 4, 99].map((step) => schedule.factor(step, 100))).toEqual([
      0.25, 0.5, 0.75, 1, 1, 1,
    ]);
  });

  test('the cosine one rises, falls, and reaches its floor at the end', async () => {
    const schedule = await cosine.create({ warmupSteps: 2, floor: 0.1 }, context);
    const factors = Array.from({ length: 13 }, (_, step) => schedule.factor(step, 12));
    expect(factors[2]).toBe(1);
    expect(factors[7]).toBeCloseTo(0.55);
    expect(factors[12]).toBeCloseTo(0.1);
    expect(factors.slice(2)).toEqual([...factors.slice(2)].sort((a, b) => b - a));
    expect(schedule.factor(50, 12)).toBeCloseTo(0.1);
  });

  test('without warm-up the first step has the full rate, however short the run', async () => {
    const schedule = await cosine.create(cosine.options.parse({}), context);
    expect(schedule.factor(0, 1)).toBe(1);
    expect(schedule.factor(0, 0)).toBe(1);
  });
});

describe('settings', () => {
  test('the sampler splits the group size from how tokens are drawn', async () => {
    const made = await sampler.create(sampler.options.parse({ completionsPerPrompt: 4 }), context);
    expect(made.completionsPerPrompt).toBe(4);
    expect(made.parameters).not.toHaveProperty('completionsPerPrompt');
    expect(made.parameters).not.toHaveProperty('chunkTokens');
  });

  test.each([{ topP: 0 }, { temperature: -1 }, { completionsPerPrompt: 0 }, { topk: 5 }])(
    'the sampler refuses %j',
    (options) => expect(() => sampler.options.parse(options)).toThrow(),
  );

  test('the optimiser refuses a learning rate of 0', async () => {
    expect(() => adamw.options.parse({ learningRate: 0 })).toThrow();
    const { parameters } = await adamw.create(adamw.options.parse({ learningRate: 1e-4 }), context);
    expect(parameters).toMatchObject({ learningRate: 1e-4, weightDecay: 0.01, maxGradNorm: 5 });
  });
});
