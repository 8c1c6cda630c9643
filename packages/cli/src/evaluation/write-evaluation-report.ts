import type { EvaluationStore } from '@loci/core';
import { reportPage } from './report-page.ts';
import type { Reported } from './report-text.ts';

/**
 * Writes `report.json` and `report.html` into the folder of an evaluation.
 *
 * @returns the path of the page.
 * @throws LociError `disk-full`, `not-writable`.
 */
export function writeEvaluationReport(
  store: Pick<EvaluationStore, 'write'>,
  reported: Reported,
): string {
  store.write('report.json', `${JSON.stringify(reported, null, 2)}\n`);
  return store.write('report.html', reportPage(reported));
}
