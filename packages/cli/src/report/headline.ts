/** Writes the result of a run in a sentence or two. It reports a change only where the change exceeds the noise. */
import type { MetricRecord } from '@loci/core';
import { formatFigure } from '../render/format.ts';
import type { RunRecord } from './run-record.ts';

/** Most steps at either end over which the reward is averaged. */
const END_STEPS = 10;
/** Standard errors that a change must exceed. */
const CLEAR = 2;

/** A sentence on the reward over the run. */
export function rewardSentence(metrics: readonly MetricRecord[]): string {
  const rewards = metrics.flatMap(({ values }) => {
    const reward = values['reward/total'];
    return reward !== undefined && Number.isFinite(reward) ? [reward] : [];
  });
  const trained = metrics.filter(
    ({ values }) => 'loss/total' in values || 'reward/total' in values,
  );
  const steps = trained.at(-1)?.step ?? 0;
  if (rewards.length === 0) {
    return steps === 0
      ? 'No step has been finished yet'
      : `Trained for ${steps} steps, without a reward`;
  }
  if (rewards.length < 4)
    return `The reward is ${formatFigure(rewards.at(-1)!)} after step ${steps}`;
  const width = Math.min(END_STEPS, Math.floor(rewards.length / 2));
  const [first, last] = [spreadOf(rewards.slice(0, width)), spreadOf(rewards.slice(-width))];
  const change = last.mean - first.mean;
  const isClear = Math.abs(change) > CLEAR * Math.hypot(first.error, last.error);
  const [from, to] = [formatFigure(first.mean), formatFigure(last.mean)];
  if (!isClear || from === to) return `The reward stayed at about ${to} over ${steps} steps`;
  return `The reward ${change > 0 ? 'rose' : 'fell'} from ${from} to ${to} in ${steps} steps`;
}

/** A sentence on the answers to held-out questions before and after training; undefined without such an evaluation. */
export function answersSentence({
  before,
  after,
  comparison,
}: Pick<RunRecord, 'before' | 'after' | 'comparison'>): string | undefined {
  const first = before?.conditions['as-filmed']?.means.overall.score;
  const last = after?.conditions['as-filmed']?.means.overall.score;
  if (first === undefined && last === undefined) return undefined;
  if (first === undefined || last === undefined || comparison === undefined) {
    const { value, count } = (last ?? first)!;
    return `Answers to ${count} held-out questions score ${percent(value)} ${last ? 'after' : 'before'} training.`;
  }
  const { low, high, value, count } = comparison.score;
  const questions = `On the same ${count} held-out questions`;
  const ends = `${percent(first.value)} before to ${percent(last.value)} after training`;
  const interval = `95\u00a0% interval of the change: ${points(low)} to ${points(high)} points`;
  if (!Number.isFinite(low) || !Number.isFinite(high))
    return `${questions}, answers went from ${ends}.`;
  if (low > 0 || high < 0) {
    return `${questions}, the score of the answers ${value > 0 ? 'rose' : 'fell'} from ${ends} (${interval}).`;
  }
  return `${questions}, the score of the answers did not clearly change: from ${ends} (${interval}).`;
}

function spreadOf(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  return { mean, error: deviation / Math.sqrt(values.length) };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

function points(share: number): string {
  const text = (100 * share).toFixed(1);
  return share > 0 ? `+${text}` : text;
}
