import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, parseReport, writeFileWhole } from '@loci/core';
import { writeEvaluationReport } from '../evaluation/write-evaluation-report.ts';
import type { ReportFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { resolveUserPath } from '../paths.ts';
import { writeReport } from '../report/write-report.ts';

/**
 * Writes `report.html` of runs and evaluations again from their files: after a kill, during a run, or with a newer release.
 *
 * @throws LociError `run-unreadable` when a folder is neither, `no-report` for an evaluation without figures, `not-writable`, `disk-full`.
 */
export async function report({ folders }: ReportFlags, io: Io): Promise<void> {
  const reports: string[] = [];
  for (const typed of folders) {
    const directory = resolveUserPath(typed, io.userDirectory);
    const isEvaluation = existsSync(join(directory, 'evaluation.json'));
    const path = await (isEvaluation ? evaluationReport(directory) : writeReport(directory));
    print(io, `report  ${path}`);
    reports.push(path);
  }
  io.result?.({ reports });
}

async function evaluationReport(directory: string): Promise<string> {
  const figures = join(directory, 'report.json');
  if (!existsSync(figures)) {
    throw new LociError(
      'no-report',
      `${directory} has answers but no figures: score them with cli:evaluate -- --rescore ${directory}`,
    );
  }
  const write = (name: string, content: string): string => {
    const path = join(directory, name);
    writeFileWhole(path, content);
    return path;
  };
  const reported = parseReport(readFileSync(figures, 'utf8'), figures);
  return writeEvaluationReport({ directory, write }, reported);
}
