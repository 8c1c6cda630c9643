/** Chooses the curves of a report: those of the live page, without figures that repeat others. */
import type { MetricRecord } from '@loci/core';
import { chartsFor } from '@loci/watch/plans';
import { seriesOf, smoothed } from './curves.ts';
import type { Panel, Series } from './curves.ts';

/** Prefix of the shares of groups whose advantages were all 0, by reason. */
export const ZERO_VARIANCE_PREFIX = 'groups/zero-variance/';

/** Fewest steps over which a trend is averaged. */
const TREND_STEPS = 10;

/** The metric that shows whether the run learned. */
const REWARD = 'reward/total';

/** Charts that a reader needs to judge a run; the page hides the others at first. */
const FIRST: readonly string[] = [
  'What each reward adds',
  'What each reward gives',
  'Open gates',
  'Weights that move',
  'What each reward adds to the advantages',
  'Evaluation',
  'Evaluation by kind',
  'Benchmarks',
  'KL to the start model',
  'Length of completions',
];

/** Charts of a report. */
export interface Panels {
  readonly first: readonly Panel[];
  readonly others: readonly Panel[];
}

/** The reward with its trend: the first chart, which shows whether the run learned. */
export function rewardPanel(records: readonly MetricRecord[]): Panel {
  const reward = seriesOf(records, REWARD, 'each step');
  const width = Math.max(TREND_STEPS, Math.round(reward.points.length / 10));
  const note = 'weighted sum of the rewards, mean over the completions of a step';
  return {
    title: 'Reward',
    note,
    series: [smoothed(reward, width), { ...reward, isPale: true }],
  };
}

/** Every other panel that the run has figures for. */
export function panelsOf(records: readonly MetricRecord[]): Panels {
  const names = [...new Set(records.flatMap(({ values }) => Object.keys(values)))];
  const known = new Map<string, Series>();
  const of = (metric: string): Series => {
    const series = known.get(metric) ?? seriesOf(records, metric, metric);
    known.set(metric, series);
    return series;
  };
  const isZero = (metric: string): boolean => of(metric).points.every(([, value]) => value === 0);
  const shown = names.filter((name) => name !== REWARD && !repeats(name, of));
  const panels = chartsFor(shown, isZero).map(({ title, note, lines }) => ({
    title,
    note,
    series: lines
      .map(({ metric, label }) => ({ ...of(metric), name: label }))
      .filter(({ points }) => points.length > 0),
  }));
  const withPoints = panels.filter(({ series }) => series.length > 0);
  return {
    first: withPoints.filter(({ title }) => FIRST.includes(title)),
    others: withPoints.filter(({ title }) => !FIRST.includes(title)),
  };
}

/** Whether a figure repeats another: the value of a reward equals what it adds. */
function repeats(name: string, of: (metric: string) => Series): boolean {
  const reward = /^reward\/([^/]+)$/u.exec(name)?.[1];
  if (reward === undefined) return false;
  const added = of(`weighted/${reward}`).points;
  const given = of(name).points;
  return (
    added.length === given.length &&
    given.every(([step, value], index) => added[index]![0] === step && added[index]![1] === value)
  );
}
