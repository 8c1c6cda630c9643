import { describe, expect, test } from '@jest/globals';
import { panelsOf, rewardPanel } from '../../src/report/panels.ts';

const records = Array.from({ length: 20 }, (_, index) => ({
  step: index + 1,
  values: {
    'reward/total': 1,
    'reward/std': 0.5,
    'reward/answer': index < 10 ? 0.25 : 0.75,
    'reward/answer/parsed': 1,
    'reward/map': 0.5,
    'weighted/answer': index < 10 ? 0.25 : 0.75,
    'weighted/map': 0,
    'gate/map': 0,
    'weight/map': index < 10 ? 1 : 2,
    'groups/zero-variance/all-correct': 0,
    'groups/zero-variance/all-wrong': 0.5,
  },
}));

describe('panels', () => {
  const { first, others } = panelsOf(records);
  const panels = new Map(
    [...first, ...others].map(({ title, series }) => [title, series.map(({ name }) => name)]),
  );

  test('show what each reward adds, and what it gives where that is another figure', () => {
    expect(panels.get('What each reward adds')).toEqual(['answer', 'map']);
    expect(panels.get('What each reward gives')).toEqual(['map']);
  });

  test('keep a gate that never opens, and leave out reasons that never came about', () => {
    expect(panels.get('Open gates')).toEqual(['map']);
    expect(panels.get('Weights that move')).toEqual(['map']);
    expect(panels.get('Groups that teach nothing')).toEqual(['all-wrong']);
  });

  test('show each figure once, and leave out what the run did not measure', () => {
    const names = [...panels.values()].flat();
    expect(names).not.toContain('reward/total');
    expect([...panels.keys()].filter((title) => title.includes('advantages'))).toEqual([]);
    expect(first.map(({ title }) => title)).not.toContain('Groups that teach nothing');
  });

  test('the reward has its trend before it', () => {
    const { series } = rewardPanel(records);
    expect(series.map(({ name, isPale }) => [name, isPale])).toEqual([
      ['mean of 10 steps', undefined],
      ['each step', true],
    ]);
  });
});
