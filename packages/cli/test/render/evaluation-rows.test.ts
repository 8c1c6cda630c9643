import { describe, expect, test } from '@jest/globals';
import type { EvaluationReport, Figure, FigureSet, MeanDifferences } from '@loci/core';
import { comparisonTable, reportTable } from '../../src/render/evaluation-rows.ts';

function interval(value: number, spread = 0.05): Figure {
  return { value, low: value - spread, high: value + spread, count: 40 };
}

function figures(score: number, map: number): FigureSet {
  return {
    score: interval(score),
    measures: {
      ...{ reward: interval(score + map), map: interval(map), hit1: interval(0.5) },
      ...{ 'reward/answer': interval(score), 'reward/map': interval(map) },
    },
  };
}

function report(score: number, map: number): EvaluationReport {
  return {
    items: 40,
    samples: 1,
    conditions: {
      'as-filmed': {
        means: {
          overall: figures(score, map),
          tasks: { 'room-size': figures(score + 0.1, map), counting: figures(score, map) },
        },
        scorers: [],
      },
      blank: {
        means: { overall: figures(0.2, 0.1), tasks: { counting: figures(0.25, 0.1) } },
        scorers: [],
      },
    },
    constant: { score: 0.4, tasks: { counting: { answer: '1', score: 0.59 } } },
    ...{ notAsked: [], failed: [], cutOff: 0, shown: { sizes: [] } },
  };
}

const comparison: MeanDifferences = {
  score: interval(0.1, 0.04),
  measures: { 'reward/map': interval(-0.02, 0.01) },
  tasks: { counting: interval(0.1, 0.2) },
};

describe('evaluation rows', () => {
  test('a report shows its figures with intervals beside the controls that were evaluated', () => {
    const { header, rows } = reportTable(report(0.5, 0.7));
    expect(header.slice(3)).toEqual(['constant', 'blank video']);
    expect(rows.map(([title]) => title)).toEqual([
      ...['answers', '  counting', '  room-size'],
      ...['reward', '  map', 'objects within one cell'],
    ]);
    expect(rows[0]).toEqual(['answers', '0.500 [0.450, 0.550]', '40', '0.400', '0.200']);
    expect(rows[1]).toEqual(['  counting', '0.500 [0.450, 0.550]', '40', '0.590', '0.250']);
  });

  test('a measure that another one is like by chance stays', () => {
    const perfect = report(1, 1);
    expect(reportTable(perfect).rows.map(([title]) => title)).toContain('  map');
  });

  test('a comparison shows before, after and the interval of the paired difference', () => {
    const { rows } = comparisonTable(report(0.4, 0.72), report(0.5, 0.7), comparison);
    expect(rows.find(([title]) => title === '  map')).toEqual([
      '  map',
      '0.720',
      '0.700',
      '-0.020 [-0.030, -0.010]',
      '–',
      '0.100',
    ]);
    expect(rows[0]!.slice(1, 4)).toEqual(['0.400', '0.500', '+0.100 [+0.060, +0.140]']);
    expect(rows[2]![3]).toBe('–');
  });
});
