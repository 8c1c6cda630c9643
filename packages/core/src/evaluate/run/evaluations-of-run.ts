/** Reads the evaluations of a training run's own benchmark, in the current and the first format. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareMeans } from '../figures/means.ts';
import type { MeanDifferences } from '../figures/means.ts';
import type { EvaluationReport } from '../figures/evaluation-report.ts';
import { parseFirstVersion } from '../figures/first-version.ts';
import { parseReport } from '../figures/report-file.ts';
import type { JudgedRow } from '../figures/verdicts.ts';
import type { Benchmark } from '../../spec/index.ts';
import { readEvaluation } from '../store/evaluation-store.ts';
import { filmedItems } from './training-evaluation.ts';

/** The evaluations before and after a run; absent until they are done. */
export interface EvaluationsOfRun {
  readonly before?: EvaluationReport;
  readonly after?: EvaluationReport;
  /** Paired differences, after minus before. */
  readonly comparison?: MeanDifferences;
}

/** Reads both evaluations. @throws LociError `evaluation-unreadable` naming a damaged file, `format-newer`. */
export function readEvaluationsOfRun(runDirectory: string): EvaluationsOfRun {
  const [before, after] = [read(runDirectory, 'before'), read(runDirectory, 'after')];
  const comparison =
    after?.comparison ??
    (before?.rows && after?.rows && compareMeans(before.rows, after.rows, after.seed));
  return {
    ...(before && { before: before.report }),
    ...(after && { after: after.report }),
    ...(comparison && { comparison }),
  };
}

/**
 * The judged items of the evaluation before training, for comparisons; undefined when there was none.
 *
 * @throws LociError `evaluation-unreadable`, `predictions-invalid`.
 */
export function itemsBefore(
  runDirectory: string,
  benchmark: Pick<Benchmark, 'scorers'>,
): readonly JudgedRow[] | undefined {
  const folder = folderOf(runDirectory, 'before');
  if (existsSync(join(folder, 'report.json'))) {
    return filmedItems(benchmark, readEvaluation(folder).rows.values());
  }
  return read(runDirectory, 'before')?.rows;
}

/** An evaluation. Version 1 stores the verdicts and no comparison, which is computed on reading. */
interface ReadEvaluation {
  readonly report: EvaluationReport;
  readonly seed: number;
  readonly comparison?: MeanDifferences;
  readonly rows?: readonly JudgedRow[];
}

function read(runDirectory: string, phase: 'before' | 'after'): ReadEvaluation | undefined {
  const path = join(folderOf(runDirectory, phase), 'report.json');
  if (existsSync(path)) {
    const { record, report, comparison } = parseReport(readFileSync(path, 'utf8'), path);
    return { report, seed: record.seed, ...(comparison && { comparison }) };
  }
  const first = `${folderOf(runDirectory, phase)}.json`;
  return existsSync(first) ? parseFirstVersion(readFileSync(first, 'utf8'), first) : undefined;
}

function folderOf(runDirectory: string, phase: 'before' | 'after'): string {
  return join(runDirectory, 'evaluations', phase);
}
