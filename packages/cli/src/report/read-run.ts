import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  LociError,
  checkConfigVersion,
  currentRolloutLine,
  messageOf,
  readBest,
  readEvaluationsOfRun,
} from '@loci/core';
import type { MetricRecord, RolloutLine, RunAlert } from '@loci/core';
import { textLines } from '../text-lines.ts';
import { readBenchmarks } from './benchmarks.ts';
import { RolloutGatherer } from './rollout-digest.ts';
import type { RunRecord } from './run-record.ts';
import { readStanding } from './standing.ts';

/**
 * Reads a run folder, with those rollouts that a report shows. It skips an incomplete last line, as a killed run leaves it.
 *
 * @throws LociError `run-unreadable` when the folder is not a run or one of its files is damaged, with file and line; `format-newer`
 * when a later release wrote it.
 */
export async function readRun(directory: string): Promise<RunRecord> {
  const config = join(directory, 'config.yaml');
  if (!existsSync(config)) {
    throw new LociError(
      'run-unreadable',
      `${directory} is not a run folder: it has no config.yaml`,
    );
  }
  const configText = readFileSync(config, 'utf8');
  checkConfigVersion(configText, config);
  const metrics: MetricRecord[] = [];
  for await (const { value } of jsonLines<Figures>(join(directory, 'metrics.jsonl'))) {
    const { step, ...values } = value;
    metrics.push({ step: step ?? 0, values });
  }
  const rollouts = new RolloutGatherer();
  const lines = jsonLines<RolloutLine>(join(directory, 'rollouts.jsonl'));
  for await (const { value, place } of lines) rollouts.add(currentRolloutLine(value, place));
  const best = readBest(join(directory, 'checkpoints'));
  return {
    directory,
    configText,
    metrics,
    rollouts: rollouts.result(),
    alerts: await readAlerts(join(directory, 'alerts.jsonl')),
    standing: readStanding(directory),
    benchmarks: readBenchmarks(directory),
    ...(best && { best }),
    ...readEvaluationsOfRun(directory),
  };
}

async function readAlerts(path: string): Promise<readonly RunAlert[]> {
  const alerts: RunAlert[] = [];
  for await (const { value } of jsonLines<RunAlert>(path)) alerts.push(value);
  return alerts;
}

type Figures = Readonly<Record<string, number>>;

/** A parsed line of a file, and its place. */
interface PlacedLine<Value> {
  readonly value: Value;
  readonly place: string;
}

async function* jsonLines<Value>(path: string): AsyncGenerator<PlacedLine<Value>, void, undefined> {
  if (!existsSync(path)) return;
  let number = 0;
  for await (const { text, isWhole } of textLines(path)) {
    number++;
    const place = `${path}:${number}`;
    if (isWhole) yield { value: parse<Value>(text, place), place };
  }
}

/** Parses a line. @throws LociError `run-unreadable` naming `place` when the line is damaged. */
function parse<Value>(text: string, place: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (thrown) {
    throw new LociError('run-unreadable', `${place} is damaged: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}
