/** Reads the folder of a training run: reward before and after, and the time of each phase. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvaluationsOfRun } from '@loci/core';
import type { Figures, Reading } from './part.ts';
import { failureOf } from './part.ts';
import type { EndedCommand } from './run-command.ts';

type Metrics = Readonly<Record<string, number>>;

function evaluation(run: string, name: 'before' | 'after'): Figures {
  const overall = readEvaluationsOfRun(run)[name]?.conditions['as-filmed']?.means.overall;
  if (overall === undefined) return {};
  const { score, measures } = overall;
  return {
    [`${name}Accuracy`]: score.value,
    ...(measures['reward'] ? { [`${name}Reward`]: measures['reward'].value } : {}),
  };
}

/** Mean seconds of a phase over the steps after the first, which compiles. */
function phases(steps: readonly Metrics[]): Record<string, number> {
  const warm = steps.length > 1 ? steps.slice(1) : steps;
  const names = [...new Set(warm.flatMap(Object.keys))].filter((name) =>
    name.startsWith('seconds/'),
  );
  return Object.fromEntries(
    names.map((name) => [
      name,
      warm.reduce((sum, step) => sum + (step[name] ?? 0), 0) / warm.length,
    ]),
  );
}

/** Reads the folder of a run that `cli:train` was to finish. */
export function readTraining(ended: EndedCommand, run: string): Reading {
  const file = join(run, 'metrics.jsonl');
  if (ended.code !== 0 || !existsSync(file)) {
    return { passed: false, figures: {}, reason: failureOf(ended) };
  }
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Metrics);
  const steps = records.filter((record) => 'seconds/step' in record);
  const seconds = phases(steps);
  const parts = Object.entries(seconds).filter(([name]) => name !== 'seconds/step');
  const [most] = parts.sort(([, a], [, b]) => b - a);
  const total = seconds['seconds/step'] ?? NaN;
  const share =
    most && `${most[0].replace('seconds/', '')} ${Math.round((100 * most[1]) / total)} %`;
  return {
    passed: true,
    figures: {
      steps: steps.length,
      ...evaluation(run, 'before'),
      ...evaluation(run, 'after'),
      ...seconds,
      ...(share ? { dominates: share } : {}),
    },
  };
}
