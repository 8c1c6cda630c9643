import { reportText } from '@loci/core';
import type { EvaluationStore, StoredReport } from '@loci/core';
import { reportPage } from './report-page.ts';

/**
 * Writes `report.json` and `report.html` into the folder of an evaluation.
 *
 * @returns the path of the page.
 * @throws LociError `disk-full`, `not-writable`.
 */
export async function writeEvaluationReport(
  store: Pick<EvaluationStore, 'directory' | 'write'>,
  reported: StoredReport,
): Promise<string> {
  store.write('report.json', reportText(reported));
  return store.write('report.html', await reportPage(reported, store.directory));
}

/** The content of `report.json`, for `--json`. */
export function resultOf(reported: StoredReport): object {
  return JSON.parse(reportText(reported)) as object;
}
