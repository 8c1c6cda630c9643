/** Whole runs of the toy in which only a stretch of the text earns something. */
import { expect, test } from '@jest/globals';
import type { Objective, Reward } from '../../../src/spec/index.ts';
import { checkLearning } from '../../../src/run/hopeless-settings.ts';
import { metricsOf, temporaryFolder, toyRun, trainToy } from '../../toy-run.ts';

/** Every completion earns the same; its first letter is credited where it is a B, and the part shows it. */
const firstLetter: Reward = {
  range: [0, 1],
  credits: true,
  score: ({ completions }) =>
    completions.map(({ text }) => {
      const isB = text.startsWith('B') ? 1 : 0;
      const credits = text === '' ? [] : [{ key: 'first', start: 0, end: 1, value: isB }];
      return { status: 'scored', value: 0.5, parts: { isB }, credits };
    }),
};

const rewards = { 'first-letter': firstLetter };
const set = ['steps=40', 'objective.klWeight=0'];

/** Share of completions that begin with a B, over ten steps. */
function shareOfB(metrics: readonly Readonly<Record<string, number>>[]): number {
  return metrics.reduce((sum, line) => sum + line['reward/first-letter/isB']! / metrics.length, 0);
}

test('a reward that is the same for all teaches by its credits', async () => {
  const { events, lines } = await trainToy(temporaryFolder(), [...set, 'advantage=span-credit'], { rewards }); // prettier-ignore
  const metrics = metricsOf(events);
  expect(shareOfB(metrics.slice(-10))).toBeGreaterThan(2 * shareOfB(metrics.slice(0, 10)));
  expect(metrics[0]!['groups/zero-variance']).toBeLessThan(1);
  expect(lines.join()).not.toContain('taught nothing');
});

test('so it does where the config names no advantage', async () => {
  const credited = [...set, 'steps=3', 'advantage=span-credit'];
  const [auto, named] = [
    await trainToy(temporaryFolder(), [...set, 'steps=3'], { rewards }),
    await trainToy(temporaryFolder(), credited, { rewards }),
  ];
  const losses = (events: (typeof auto)['events']): readonly (number | undefined)[] =>
    metricsOf(events).map((line) => line['loss/total']);
  expect(losses(auto.events)).toEqual(losses(named.events));
});

test('and teaches nothing where completions are compared as a whole', async () => {
  const whole = [...set, 'steps=3', 'advantage=group-normalised'];
  const { lines } = await trainToy(temporaryFolder(), whole, { rewards });
  expect(lines.join()).toContain('taught nothing');
});

test('an objective that reads one advantage a completion is named before the first step', async () => {
  const { run } = await toyRun(temporaryFolder(), ['advantage=span-credit'], { rewards });
  const reward = { name: 'first-letter', reward: firstLetter, weight: 1, timeoutMs: 100 };
  const whole: Objective = {
    learnsFrom: 'rollouts',
    value: () => ({ loss: 0, dLogProbs: [], figures: {} }),
  };
  const parts = {
    config: run.config,
    origin: { describe: () => 'the config' } as never,
    advantage: { perToken: 'always', estimate: () => [] },
    objective: whole,
    optimizer: { parameters: { learningRate: 0.1 } } as never,
    schedule: { factor: () => 1 },
    sampler: { completionsPerPrompt: 4, parameters: { temperature: 1 } } as never,
    rewards: [reward],
  } as const;
  expect(() => checkLearning(parts)).toThrow(
    /objective\.use: "grpo" reads one advantage for a whole completion/,
  );
  expect(() => checkLearning({ ...parts, objective: { ...whole, perToken: true } })).not.toThrow();
  const auto = { perToken: 'where-credited', estimate: () => [] } as const;
  expect(() => checkLearning({ ...parts, advantage: auto })).toThrow(
    /objective\.use: "grpo" reads/,
  );
  const uncredited = [
    { ...reward, reward: { range: firstLetter.range, score: firstLetter.score } },
  ];
  expect(() =>
    checkLearning({ ...parts, advantage: auto, rewards: uncredited as never }),
  ).not.toThrow();
  await run.dispose();
});
