import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppendFile, cutFile } from '../files/append-file.ts';
import { definePlugin } from '../plugin/define-plugin.ts';
import type { MetricSink } from '../spec/index.ts';
import { requireRunDirectory } from './jsonl-sink.ts';
import { frameRecord, lengthThroughStep, scalarsEvent, versionEvent } from './tfevents.ts';

/** Scalars for `tensorboard --logdir RUN`. A resumed run goes on in the same file. */
export const tensorboardSink = definePlugin({
  kind: 'sink',
  name: 'tensorboard',
  description: 'Writes the metrics of each step as TensorBoard events.',
  options: z.strictObject({
    directory: z.string().default('tensorboard').describe('within the run folder'),
  }),
  create({ directory }, context): MetricSink {
    const folder = join(requireRunDirectory(context, 'tensorboard'), directory);
    let output: AppendFile | undefined;
    return {
      write({ step, values }) {
        output ??= openEvents(folder);
        output.append(frameRecord(scalarsEvent(Date.now() / 1000, step, values)));
      },
      alert({ name, step, value }) {
        output ??= openEvents(folder);
        const scalar = { [`alert/${name}`]: value };
        output.append(frameRecord(scalarsEvent(Date.now() / 1000, step, scalar)));
      },
      rewind(lastStep) {
        const path = presentEvents(folder);
        if (path !== undefined) cutFile(path, lengthThroughStep(readFileSync(path), lastStep));
      },
      async close() {
        output?.close();
      },
    };
  },
});

function presentEvents(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const name = readdirSync(folder).find((entry) => entry.startsWith('events.out.tfevents.'));
  return name === undefined ? undefined : join(folder, name);
}

/** The folder's event file; a new one when there is none. */
function openEvents(folder: string): AppendFile {
  const present = presentEvents(folder);
  if (present !== undefined) return new AppendFile(present);
  const seconds = Math.floor(Date.now() / 1000);
  const output = new AppendFile(join(folder, `events.out.tfevents.${seconds}.${hostname()}`));
  output.append(frameRecord(versionEvent(seconds)));
  return output;
}
