/** Formats the figures of a step. */
import { formatFigure } from './format.ts';

type Metrics = Readonly<Record<string, number>>;

/** Figures of the reward that are not the mean of one reward. */
const NOT_A_PART = ['reward/total', 'reward/std'];

/** `reward 1.42 (answer 0.61, map 0.72)  loss 0.050  kl 0.001  length 63.1  1234 tokens/s`. */
export function stepText(metrics: Metrics): string {
  return [rewardText(metrics), speedText(metrics)].filter(Boolean).join('  ');
}

/** `reward 1.42 (answer 0.61, map 0.72)`; undefined for a step without a reward. */
export function rewardText(metrics: Metrics): string | undefined {
  const total = metrics['reward/total'];
  if (total === undefined) return undefined;
  const parts = Object.entries(metrics)
    .filter(([name]) => /^reward\/[^/]+$/.test(name) && !NOT_A_PART.includes(name))
    .map(([name, value]) => `${name.slice('reward/'.length)} ${formatFigure(value)}`);
  const text = `reward ${formatFigure(total)}`;
  return parts.length === 0 ? text : `${text} (${parts.join(', ')})`;
}

/** `loss 0.050  kl 0.001  length 63.1  1234 tokens/s`. */
export function speedText(metrics: Metrics): string {
  const figure = (label: string, metric: string): readonly string[] => {
    const value = metrics[metric];
    return value === undefined ? [] : [`${label} ${formatFigure(value)}`];
  };
  const speed = metrics['speed/tokens-per-second'];
  return [
    ...figure('loss', 'loss/total'),
    ...figure('kl', 'policy/kl'),
    ...figure('length', 'completion/tokens'),
    ...(speed === undefined ? [] : [`${Math.round(speed)} tokens/s`]),
  ].join('  ');
}
