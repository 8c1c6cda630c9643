import { describe, expect, test } from '@jest/globals';
import { panelsOf } from '../../src/report/panels.ts';
import { rewardSummary } from '../../src/report/reward-summary.ts';

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
  const panels = new Map(
    panelsOf(records).map(({ title, series }) => [title, series.map(({ name }) => name)]),
  );

  test('show each reward before and after clip, gate and weight', () => {
    expect(panels.get('What each reward says')).toEqual(['answer', 'map']);
    expect(panels.get('What each reward adds, after clip, gate and weight')).toEqual([
      'answer',
      'map',
    ]);
  });

  test('name a line that stands alone, and keep a gate that never opens', () => {
    expect(panels.get('Open gates (share of completions): map')).toEqual(['map']);
    expect(panels.get('Weights that move: map')).toEqual(['map']);
    expect(panels.get('Groups that teach nothing (share, by reason): all-wrong')).toEqual([
      'all-wrong',
    ]);
  });

  test('leave out what the run did not measure', () => {
    expect([...panels.keys()].filter((title) => title.includes('advantages'))).toEqual([]);
  });
});

describe('the summary of the rewards', () => {
  test('has the first and the last ten steps of what each said and added', () => {
    expect(rewardSummary(records)).toEqual({
      header: ['reward', 'said', 'gate open', 'weight, where it moves', 'added'],
      rows: [
        ['answer', '0.250 → 0.750', '–', '–', '0.250 → 0.750'],
        ['map', '0.500 → 0.500', '0.000 → 0.000', '1.000 → 2.000', '0.000 → 0.000'],
      ],
    });
  });

  test('is left out of a run without rewards', () => {
    expect(rewardSummary([{ step: 1, values: { 'loss/total': 1 } }])).toBeUndefined();
  });
});
