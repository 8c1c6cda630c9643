import type { MetricRecord } from '@loci/core';
import { seriesOf, smoothed } from './curves.ts';
import type { Panel, Series } from './curves.ts';

/** Steps that the trend of the reward is averaged over. */
const TREND_STEPS = 10;

/** A panel by the metrics that it shows: exact names, or all below a prefix that ends in `/`. */
interface PanelPlan {
  readonly title: string;
  readonly metrics: readonly string[];
}

const PLANS: readonly PanelPlan[] = [
  { title: 'Reward parts', metrics: ['reward/'] },
  { title: 'KL to the start model', metrics: ['policy/kl'] },
  { title: 'Completion length (tokens)', metrics: ['completion/length'] },
  { title: 'Entropy of the sampler (nats a token)', metrics: ['policy/entropy'] },
  { title: 'Sampler against trainer: |log-probability gap|', metrics: ['policy/logProbGap/'] },
  { title: 'Gradient norm', metrics: ['policy/gradNorm'] },
  { title: 'Groups without reward variance, by reason', metrics: ['zeroVariance/'] },
  { title: 'Speed (tokens a second)', metrics: ['speed/tokensPerSecond'] },
];

/** The reward with its trend; the curve that answers whether the run learned. */
export function rewardPanel(records: readonly MetricRecord[]): Panel {
  const reward = seriesOf(records, 'reward', 'mean reward of the step');
  return { title: 'Reward', series: [reward, smoothed(reward, TREND_STEPS)] };
}

/** Every panel that the run has figures for, reward first. */
export function panelsOf(records: readonly MetricRecord[]): readonly Panel[] {
  const names = [...new Set(records.flatMap(({ values }) => Object.keys(values)))];
  const planned = PLANS.map(({ title, metrics }) => ({
    title,
    series: metrics.flatMap((metric) => matching(records, names, metric)),
  }));
  return [rewardPanel(records), ...planned].filter(({ series }) =>
    series.some(({ points }) => points.length > 0),
  );
}

function matching(
  records: readonly MetricRecord[],
  names: readonly string[],
  metric: string,
): readonly Series[] {
  if (!metric.endsWith('/')) return [seriesOf(records, metric, metric)];
  return names
    .filter((name) => name.startsWith(metric))
    .sort()
    .map((name) => seriesOf(records, name, name.slice(metric.length)))
    .filter(({ points }) => points.some(([, value]) => value !== 0));
}
