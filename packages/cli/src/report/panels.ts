import type { MetricRecord } from '@loci/core';
import { seriesOf, smoothed } from './curves.ts';
import type { Panel, Series } from './curves.ts';

/** Metrics that say why the advantages of a group were all 0, by reason. */
export const ZERO_VARIANCE_PREFIX = 'groups/zero-variance/';

/** Steps that the trend of the reward is averaged over. */
const TREND_STEPS = 10;

/** A panel by the metrics that it shows: exact names, or all that fit a pattern, whose group is then the name of the line. */
interface PanelPlan {
  readonly title: string;
  readonly metrics: readonly (string | RegExp)[];
  /** Leaves out lines that are 0 throughout. */
  readonly hidesZeros?: true;
}

const PLANS: readonly PanelPlan[] = [
  { title: 'What each reward says', metrics: [/^reward\/(?!(?:total|std)$)([^/]+)$/] },
  { title: 'What each reward adds, after clip, gate and weight', metrics: [/^weighted\/(.+)$/] },
  { title: 'Open gates (share of completions)', metrics: [/^gate\/(.+)$/] },
  { title: 'Weights that move', metrics: [/^weight\/(.+)$/] },
  { title: 'What each reward adds to the advantages (mean size)', metrics: [/^advantage\/(.+)$/] },
  { title: 'Benchmarks (share of full score, by scorer)', metrics: [/^benchmark\/(.+)$/] },
  { title: 'Benchmarks by task', metrics: [/^benchmark-task\/(.+)$/] },
  { title: 'Loss', metrics: ['loss/total'] },
  { title: 'KL to the start model', metrics: ['policy/kl'] },
  { title: 'Completion length (tokens)', metrics: ['completion/tokens'] },
  { title: 'Entropy of the policy (nats a token)', metrics: ['policy/entropy'] },
  { title: 'Sampler against trainer: gap of log-probabilities', metrics: [/^gap\/(.+)$/] },
  { title: 'Gradient norm', metrics: ['update/grad-norm'] },
  {
    title: 'Groups that teach nothing (share, by reason)',
    metrics: [new RegExp(`^${ZERO_VARIANCE_PREFIX}(.+)$`)],
    hidesZeros: true,
  },
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
  const planned = PLANS.map(({ title, metrics, hidesZeros = false }) => {
    const series = metrics
      .flatMap((metric) => matching(records, names, metric))
      .filter(({ points }) => !hidesZeros || points.some(([, value]) => value !== 0));
    // A line that stands alone has no legend, and what a pattern found is known by name only.
    const [only, another] = series;
    const named = only !== undefined && another === undefined && metrics[0] instanceof RegExp;
    return { title: named ? `${title}: ${only.name}` : title, series };
  });
  return [rewardPanel(records), ...planned].filter(({ series }) =>
    series.some(({ points }) => points.length > 0),
  );
}

function matching(
  records: readonly MetricRecord[],
  names: readonly string[],
  metric: string | RegExp,
): readonly Series[] {
  if (typeof metric === 'string') return [seriesOf(records, metric, metric)];
  return names.toSorted().flatMap((name) => {
    const label = metric.exec(name)?.[1];
    return label === undefined ? [] : [seriesOf(records, name, label)];
  });
}
