import { join } from 'node:path';
import { z } from 'zod';
import { LociError } from '../errors/loci-error.ts';
import { AppendFile, keepLinesThrough } from '../files/append-file.ts';
import { definePlugin } from '../plugin/define-plugin.ts';
import type { MetricSink, PluginContext } from '../spec/index.ts';

/** Name of the file with alerts, in the run folder; it is there once the first was raised. */
const ALERTS_FILE = 'alerts.jsonl';

/** `metrics.jsonl`: one line a record, `{"step": 3, "reward/total": 1.4, …}`; `alerts.jsonl`: one line an alert. */
export const jsonlSink = definePlugin({
  kind: 'sink',
  name: 'jsonl',
  description: 'Writes the metrics of each step as a line of JSON.',
  options: z.strictObject({
    file: z.string().default('metrics.jsonl').describe('within the run folder'),
  }),
  create({ file }, context): MetricSink {
    const folder = requireRunDirectory(context, 'jsonl');
    const path = join(folder, file);
    const alertsPath = join(folder, ALERTS_FILE);
    let output: AppendFile | undefined;
    let alerts: AppendFile | undefined;
    return {
      write({ step, values }) {
        output ??= new AppendFile(path);
        output.append(`${JSON.stringify({ step, ...values })}\n`);
      },
      alert(alert) {
        alerts ??= new AppendFile(alertsPath);
        alerts.append(`${JSON.stringify(alert)}\n`);
      },
      rewind(lastStep) {
        for (const written of [path, alertsPath]) keepLinesThrough(written, lastStep);
      },
      async close() {
        output?.close();
        alerts?.close();
      },
    };
  },
});

/** @throws LociError `no-run-directory`: sinks write into a run folder. */
export function requireRunDirectory(context: PluginContext, sink: string): string {
  if (context.runDirectory !== undefined) return context.runDirectory;
  throw new LociError('no-run-directory', `The sink "${sink}" needs a run folder to write into`);
}
