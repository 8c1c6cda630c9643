import { join } from 'node:path';
import { z } from 'zod';
import { LociError } from '../errors/loci-error.ts';
import { AppendFile, keepLinesThrough } from '../files/append-file.ts';
import { definePlugin } from '../plugin/define-plugin.ts';
import type { MetricSink, PluginContext } from '../spec/index.ts';

/** `metrics.jsonl`: one line a record, `{"step": 3, "reward/total": 1.4, …}`. */
export const jsonlSink = definePlugin({
  kind: 'sink',
  name: 'jsonl',
  description: 'Writes the metrics of each step as a line of JSON.',
  options: z.strictObject({
    file: z.string().default('metrics.jsonl').describe('within the run folder'),
  }),
  create({ file }, context): MetricSink {
    const path = join(requireRunDirectory(context, 'jsonl'), file);
    let output: AppendFile | undefined;
    return {
      write({ step, values }) {
        output ??= new AppendFile(path);
        output.append(`${JSON.stringify({ step, ...values })}\n`);
      },
      rewind(lastStep) {
        keepLinesThrough(path, lastStep);
      },
      async close() {
        output?.close();
      },
    };
  },
});

/** @throws LociError `no-run-directory`: sinks write into a run folder. */
export function requireRunDirectory(context: PluginContext, sink: string): string {
  if (context.runDirectory !== undefined) return context.runDirectory;
  throw new LociError('no-run-directory', `The sink "${sink}" needs a run folder to write into`);
}
