import { join } from 'node:path';
import { z } from 'zod';
import { LociError } from '../errors/loci-error.ts';
import { AppendFile, keepLinesThrough } from '../files/append-file.ts';
import { definePlugin } from '../plugin/define-plugin.ts';
import type { MetricSink, PluginContext } from '../spec/index.ts';

/** Name of the file with alerts, in the run folder; the first alert creates it. */
const ALERTS_FILE = 'alerts.jsonl';

/** Name of the file with tables of evaluations, in the run folder. */
const TABLES_FILE = 'tables.jsonl';

/**
 * Writes `metrics.jsonl` (one record a line, `{"step": 3, "reward/total": 1.4, …}`), `alerts.jsonl` (one alert a line) and
 * `tables.jsonl` (one table a line). The run itself writes its config, its rollouts, its starts and its ends.
 */
export const jsonlSink = definePlugin({
  kind: 'sink',
  name: 'jsonl',
  description:
    'Writes the metrics of each step as a line of JSON, and alerts and tables beside them.',
  options: z.strictObject({
    file: z.string().default('metrics.jsonl').describe('within the run folder'),
  }),
  create({ file }, context): MetricSink {
    const folder = requireRunDirectory(context, 'jsonl');
    const path = join(folder, file);
    const alertsPath = join(folder, ALERTS_FILE);
    let output: AppendFile | undefined;
    const tablesPath = join(folder, TABLES_FILE);
    let alerts: AppendFile | undefined;
    let tables: AppendFile | undefined;
    return {
      write({ step, values }) {
        output ??= new AppendFile(path);
        output.append(`${JSON.stringify({ step, ...values })}\n`);
      },
      alert(alert) {
        alerts ??= new AppendFile(alertsPath);
        alerts.append(`${JSON.stringify(alert)}\n`);
      },
      table(table) {
        tables ??= new AppendFile(tablesPath);
        tables.append(`${JSON.stringify(table)}\n`);
      },
      rewind(lastStep) {
        for (const written of [path, alertsPath, tablesPath]) keepLinesThrough(written, lastStep);
      },
      async close() {
        output?.close();
        alerts?.close();
        tables?.close();
      },
    };
  },
});

/** @throws LociError `no-run-directory`: sinks write into a run folder. */
export function requireRunDirectory(context: PluginContext, sink: string): string {
  if (context.runDirectory !== undefined) return context.runDirectory;
  throw new LociError('no-run-directory', `The sink "${sink}" needs a run folder to write into`);
}
