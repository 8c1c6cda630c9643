import { describe, expect, test } from '@jest/globals';
import type { EvaluationReport, FigureSet, Interval, ReportComparison } from '@loci/core';
import { comparisonTable, reportTable } from '../../src/render/evaluation-rows.ts';

function interval(mean: number, spread = 0.05): Interval {
  return { mean, low: mean - spread, high: mean + spread, count: 40 };
}

function figures(accuracy: number, map: number): FigureSet {
  return {
    accuracy: interval(accuracy),
    measures: { map: interval(map), 'reward/answer': interval(accuracy) },
  };
}

function report(accuracy: number, map: number): EvaluationReport {
  return {
    benchmark: 'spatial-qa',
    seed: 1,
    overall: figures(accuracy, map),
    kinds: { 'room-size': figures(accuracy + 0.1, map), counting: figures(accuracy, map) },
    rows: [],
    refused: [],
    constant: { accuracy: 0.4, kinds: { counting: { answer: '1', accuracy: 0.59 } } },
    controls: { blank: { overall: figures(0.2, 0.1), kinds: { counting: figures(0.25, 0.1) } } },
  };
}

const comparison: ReportComparison = {
  accuracy: interval(0.1, 0.04),
  measures: { map: interval(-0.02, 0.01) },
  kinds: { counting: interval(0.1, 0.2) },
};

describe('evaluation rows', () => {
  test('a report shows its figures with intervals beside the controls', () => {
    const { header, rows } = reportTable(report(0.5, 0.7));
    expect(header).toHaveLength(6);
    expect(rows.map(([title]) => title)).toEqual([
      'map score',
      'reward: answer',
      'answers',
      '  counting',
      '  room-size',
    ]);
    expect(rows[2]).toEqual(['answers', '0.500 [0.450, 0.550]', '40', '0.400', '0.200', '–']);
    expect(rows[3]).toEqual(['  counting', '0.500 [0.450, 0.550]', '40', '0.590', '0.250', '–']);
  });

  test('a comparison shows before, after and the interval of the paired difference', () => {
    const { rows } = comparisonTable(report(0.4, 0.72), report(0.5, 0.7), comparison);
    expect(rows[0]).toEqual([
      'map score',
      '0.720',
      '0.700',
      '-0.020 [-0.030, -0.010]',
      '–',
      '0.100',
      '–',
    ]);
    expect(rows[2]!.slice(1, 4)).toEqual(['0.400', '0.500', '+0.100 [+0.060, +0.140]']);
    expect(rows[4]![3]).toBe('–');
  });
});
