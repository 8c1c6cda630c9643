import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LociError, messageOf } from '@loci/core';
import type { EvaluationReport, MetricRecord, RolloutLine } from '@loci/core';
import { readBenchmarks } from './benchmarks.ts';
import type { RunRecord } from './run-record.ts';

/**
 * Reads a run folder. A last line that was cut off, as a killed run leaves it, is left out.
 *
 * @throws LociError `run-unreadable` when the folder is no run or one of its files is damaged, with file and line.
 */
export async function readRun(directory: string): Promise<RunRecord> {
  const config = join(directory, 'config.yaml');
  if (!existsSync(config)) {
    throw new LociError('run-unreadable', `${directory} is no run folder: it has no config.yaml`);
  }
  const metrics = await readLines<Readonly<Record<string, number>>>(
    join(directory, 'metrics.jsonl'),
  );
  const rollouts = await readLines<RolloutLine>(join(directory, 'rollouts.jsonl'));
  const before = readEvaluation(join(directory, 'evaluations', 'before.json'));
  const after = readEvaluation(join(directory, 'evaluations', 'after.json'));
  return {
    directory,
    configText: readFileSync(config, 'utf8'),
    metrics: metrics.map(toRecord),
    rollouts: rollouts.filter(({ shuffled }) => shuffled !== true),
    benchmarks: readBenchmarks(directory),
    ...(before && { before }),
    ...(after && { after }),
  };
}

function toRecord({ step, ...values }: Readonly<Record<string, number>>): MetricRecord {
  return { step: step ?? 0, values };
}

function readEvaluation(path: string): EvaluationReport | undefined {
  return existsSync(path) ? parse<EvaluationReport>(readFileSync(path, 'utf8'), path) : undefined;
}

async function readLines<Line>(path: string): Promise<readonly Line[]> {
  if (!existsSync(path)) return [];
  const lines: Line[] = [];
  let pending: string | undefined;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (pending !== undefined) lines.push(parse(pending, `${path}:${lines.length + 1}`));
    pending = line;
  }
  if (pending !== undefined && pending.endsWith('}')) {
    lines.push(parse(pending, `${path}:${lines.length + 1}`));
  }
  return lines;
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
