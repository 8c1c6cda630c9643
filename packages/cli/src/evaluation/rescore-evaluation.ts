import { join } from 'node:path';
import { FolderLock, evaluationReport, writeFileWhole } from '@loci/core';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { readAskedPart, rowsOfPart } from './asked-part.ts';
import { tableWidth } from '../render/terminal.ts';
import { terminalReport } from './report-text.ts';
import { openEvaluation } from './stored-evaluation.ts';
import type { ScorableEvaluation } from './stored-evaluation.ts';
import { resultOf, writeEvaluationReport } from './write-evaluation-report.ts';

/**
 * Scores the stored answers of an evaluation again, and writes its report for the same items and conditions. It runs no model and reads no
 * video.
 *
 * @throws LociError `folder-in-use`, `not-writable`, `disk-full`, and those of `openEvaluation`.
 */
export async function rescoreEvaluation(typed: string, io: Io): Promise<void> {
  const stored = await openEvaluation(typed, io);
  const lock = FolderLock.take(stored.directory);
  try {
    await rewriteReport(stored, io);
  } finally {
    lock.release();
  }
}

async function rewriteReport(stored: ScorableEvaluation, io: Io): Promise<void> {
  const { directory, record, rows, facts, scorers } = stored;
  const asked = readAskedPart(directory);
  const report = evaluationReport({ scorers }, rowsOfPart(rows, asked), record.seed);
  const reported = { record, facts, report, ...(asked && { asked }) };
  print(io, `${terminalReport(reported, tableWidth(io.out))}\n`);
  const write = (name: string, content: string) => {
    const path = join(directory, name);
    writeFileWhole(path, content);
    return path;
  };
  const page = await writeEvaluationReport({ directory, write }, reported);
  io.result?.({ directory, page, ...resultOf(reported) });
  print(io, `report  ${page}`);
}
