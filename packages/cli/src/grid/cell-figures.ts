/** Reads the figures of a run that a grid compares: at its start and at its end. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEvaluationsOfRun } from '@loci/core';
import type { EvaluationReport } from '@loci/core';
import { textLines } from '../text-lines.ts';

/** A figure at both ends of a run. */
export interface StartToEnd {
  readonly start?: number;
  readonly end?: number;
}

/** Figures by name, those of the evaluations before and after, and `training reward`. */
export type CellFigures = Readonly<Record<string, StartToEnd>>;

/** Steps at each end of a run whose reward is averaged. */
const STEPS_AT_ENDS = 5;

/**
 * Reads the figures from the folder of a run; empty for a run that has not begun.
 *
 * @throws LociError `evaluation-unreadable`, `format-newer`.
 */
export async function readCellFigures(runDirectory: string): Promise<CellFigures> {
  if (!existsSync(runDirectory)) return {};
  const { before, after } = readEvaluationsOfRun(runDirectory);
  const [start, end] = [figuresOf(before), figuresOf(after)];
  const names = [...new Set([...Object.keys(start), ...Object.keys(end)])];
  const evaluated = names.map((name) => [name, startToEnd(start[name], end[name])] as const);
  return {
    ...Object.fromEntries(evaluated),
    'training reward': await trainingReward(runDirectory),
  };
}

function figuresOf(report: EvaluationReport | undefined): Readonly<Record<string, number>> {
  const overall = report?.conditions['as-filmed']?.means.overall;
  if (overall === undefined) return {};
  const { reward, map } = overall.measures;
  return {
    ...(reward && { reward: reward.value }),
    ...(overall.score && { answers: overall.score.value }),
    ...(map && { 'map score': map.value }),
  };
}

/** Means over the first and the last logged steps; empty without the sink `jsonl`. */
async function trainingReward(runDirectory: string): Promise<StartToEnd> {
  const file = join(runDirectory, 'metrics.jsonl');
  if (!existsSync(file)) return {};
  const rewards: number[] = [];
  for await (const { text, isWhole } of textLines(file)) {
    const reward = isWhole ? rewardIn(text) : undefined;
    if (reward !== undefined) rewards.push(reward);
  }
  return startToEnd(mean(rewards.slice(0, STEPS_AT_ENDS)), mean(rewards.slice(-STEPS_AT_ENDS)));
}

function rewardIn(line: string): number | undefined {
  try {
    const reward = (JSON.parse(line) as Readonly<Record<string, unknown>>)['reward/total'];
    return typeof reward === 'number' ? reward : undefined;
  } catch {
    return undefined; // A resume or a report names damaged lines.
  }
}

function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function startToEnd(start: number | undefined, end: number | undefined): StartToEnd {
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}
