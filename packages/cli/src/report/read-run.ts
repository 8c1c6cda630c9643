import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, messageOf, readEvaluationsOfRun } from '@loci/core';
import type { MetricRecord, RolloutLine } from '@loci/core';
import { textLines } from '../text-lines.ts';
import { readBenchmarks } from './benchmarks.ts';
import { RolloutGatherer } from './rollout-digest.ts';
import type { RunRecord } from './run-record.ts';

/**
 * Reads a run folder; of the rollouts, what a report shows. A last line that was cut off, as a killed run leaves it, is left out.
 *
 * @throws LociError `run-unreadable` when the folder is no run or one of its files is damaged, with file and line.
 */
export async function readRun(directory: string): Promise<RunRecord> {
  const config = join(directory, 'config.yaml');
  if (!existsSync(config)) {
    throw new LociError('run-unreadable', `${directory} is no run folder: it has no config.yaml`);
  }
  const metrics: MetricRecord[] = [];
  for await (const { step, ...values } of jsonLines<Figures>(join(directory, 'metrics.jsonl'))) {
    metrics.push({ step: step ?? 0, values });
  }
  const rollouts = new RolloutGatherer();
  for await (const line of jsonLines<RolloutLine>(join(directory, 'rollouts.jsonl'))) {
    rollouts.add(line);
  }
  return {
    directory,
    configText: readFileSync(config, 'utf8'),
    metrics,
    rollouts: rollouts.result(),
    benchmarks: readBenchmarks(directory),
    ...readEvaluationsOfRun(directory),
  };
}

type Figures = Readonly<Record<string, number>>;

async function* jsonLines<Line>(path: string): AsyncGenerator<Line, void, undefined> {
  if (!existsSync(path)) return;
  let number = 0;
  for await (const { text, isWhole } of textLines(path)) {
    number++;
    if (isWhole) yield parse<Line>(text, `${path}:${number}`);
  }
}

/** Reads what this program wrote; `place` is named when something else has changed it. */
function parse<Value>(text: string, place: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (thrown) {
    throw new LociError('run-unreadable', `${place} is damaged: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}
