/** Event files for `tensorboard --logdir RUN`: scalars, texts, and pictures of the media of rollouts. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../errors/loci-error.ts';
import { AppendFile } from '../files/append-file.ts';
import { writeFileWhole } from '../files/atomic-file.ts';
import { definePlugin } from '../plugin/define-plugin.ts';
import type { LoggedRollout, MediaPreviewer, MetricSink } from '../spec/index.ts';
import { requireRunDirectory } from './jsonl-sink.ts';
import {
  rolloutMarkdown,
  shownRolloutOptions,
  shownRollouts,
  tableMarkdown,
} from './shown-rollouts.ts';
import {
  frameRecord,
  imagesEvent,
  isSameButTime,
  scalarsEvent,
  textsEvent,
  versionEvent,
  wholeEvents,
} from './tfevents.ts';

/** The text that says how the run ended. */
const END_TAG = 'end';

/** A resumed run appends to the same file. */
export const tensorboardSink = definePlugin({
  kind: 'sink',
  name: 'tensorboard',
  description:
    'Writes figures, alerts, tables and some rollouts with their pictures as TensorBoard events.',
  options: z.strictObject({
    directory: z.string().default('tensorboard').describe('within the run folder'),
    ...shownRolloutOptions,
  }),
  create(options, context): MetricSink {
    const folder = join(requireRunDirectory(context, 'tensorboard'), options.directory);
    let output: AppendFile | undefined;
    let pictures: Promise<void> = Promise.resolve();
    // A run that goes on has not ended there. One that was over ends as before, and its file stays the same.
    let formerEnds: readonly Buffer[] = [];
    const append = (event: Buffer): void => {
      output ??= openEvents(folder);
      output.append(frameRecord(event));
    };
    const now = (): number => Date.now() / 1000;
    return {
      begin({ startStep, configText, command, versions, model }) {
        // A resumed run keeps the first config here; the history of the run records what a resume changed.
        if (startStep > 0 && presentEvents(folder) !== undefined) return;
        const head = { command: command ?? '', model, ...versions };
        const about = tableMarkdown(['', ''], Object.entries(head));
        const texts = { config: `\`\`\`yaml\n${configText}\n\`\`\``, run: about };
        append(textsEvent(now(), startStep, texts));
      },
      write({ step, values }) {
        append(scalarsEvent(now(), step, values));
      },
      rollouts(step, all) {
        const shown = shownRollouts(step, all, options);
        if (shown.length === 0) return;
        append(
          textsEvent(now(), step, { rollouts: shown.map(rolloutMarkdown).join('\n\n---\n\n') }),
        );
        const { preview } = context;
        if (preview === undefined) return;
        // Pictures are drawn one after the other; a failure does not stop the run.
        pictures = pictures
          .then(() => draw(step, shown, preview, append, now))
          .catch((thrown: unknown) => {
            context.logger.warn(
              `TensorBoard gets no pictures of step ${step}: ${messageOf(thrown)}`,
            );
          });
      },
      table({ name, step, columns, rows }) {
        append(textsEvent(now(), step, { [name]: tableMarkdown(columns, rows) }));
      },
      alert({ name, step, value, message }) {
        append(scalarsEvent(now(), step, { [`alert/${name}`]: value }));
        append(textsEvent(now(), step, { [`alert/${name}/message`]: message }));
      },
      end({ step, reason, why }) {
        const text = why === undefined ? reason : `${reason}: ${why}`;
        const event = textsEvent(now(), step, { [END_TAG]: text });
        const former = formerEnds.find((written) => isSameButTime(written, event));
        append(former ?? event);
      },
      rewind(lastStep) {
        const path = presentEvents(folder);
        if (path === undefined) return;
        const file = readFileSync(path);
        const earlier = wholeEvents(file).filter(({ step }) => step <= lastStep);
        formerEnds = earlier.filter(({ tag }) => tag === END_TAG).map(({ event }) => event);
        const kept = Buffer.concat(
          earlier.filter(({ tag }) => tag !== END_TAG).map(({ record }) => record),
        );
        if (kept.length < file.length) writeFileWhole(path, kept);
      },
      async close() {
        await pictures;
        output?.close();
        output = undefined;
      },
    };
  },
});

/** One picture a rollout, named by its place among the shown ones. */
async function draw(
  step: number,
  shown: readonly LoggedRollout[],
  preview: MediaPreviewer,
  append: (event: Buffer) => void,
  now: () => number,
): Promise<void> {
  for (const [place, { media }] of shown.entries()) {
    const picture = await preview(media);
    if (picture !== undefined) append(imagesEvent(now(), step, { [`rollouts/${place}`]: picture }));
  }
}

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
