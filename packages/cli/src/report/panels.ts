import type { MetricRecord } from '@loci/core';
import { seriesOf, smoothed } from './curves.ts';
import type { Panel, Series } from './curves.ts';

/** Metrics that say why the rewards of a group were all equal, by reason. */
export const ZERO_VARIANCE_PREFIX = 'groups/zero-variance/';

/** Steps that the trend of the reward is averaged over. */
const TREND_STEPS = 10;

/** A panel by the metrics that it shows: exact names, or all below a prefix that ends in `/`. */
interface PanelPlan {
  readonly title: string;
  readonly metrics: readonly string[];
}

const PLANS: readonly PanelPlan[] = [
  { title: 'What each reward adds', metrics: ['weighted/'] },
  { title: 'Loss', metrics: ['loss/total'] },
  { title: 'KL to the start model', metrics: ['policy/kl'] },
  { title: 'Completion length (tokens)', metrics: ['completion/tokens'] },
  { title: 'Entropy of the policy (nats a token)', metrics: ['policy/entropy'] },
  { title: 'Sampler against trainer: gap of log-probabilities', metrics: ['gap/'] },
  { title: 'Gradient norm', metrics: ['update/grad-norm'] },
  { title: 'Groups that teach nothing (share, by reason)', metrics: [ZERO_VARIANCE_PREFIX] },
  { title: 'Speed (tokens a second)', metrics: ['speed/tokens-per-second'] },
];

/** The reward with its trend; the curve that answers whether the run learned. */
export function rewardPanel(records: readonly MetricRecord[]): Panel {
  const reward = seriesOf(records, 'reward/total', 'each step');
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
