/** When a run started and how it ended: one line for each start, resumption or end. A killed process leaves no end. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppendFile } from '../../files/append-file.ts';
import type { RunEnding, RunStart } from '../../spec/index.ts';

/** Name of the file in the run folder. */
export const HISTORY_FILE = 'history.jsonl';

const entry = z.discriminatedUnion('event', [
  z.looseObject({
    event: z.literal('start'),
    time: z.string(),
    step: z.number(),
    steps: z.number(),
    samples: z.number(),
    command: z.string().optional(),
    versions: z.record(z.string(), z.string()),
  }),
  z.looseObject({
    event: z.literal('end'),
    time: z.string(),
    step: z.number(),
    reason: z.enum(['finished', 'stopped', 'left', 'plateaued', 'collapsed', 'failed']),
    why: z.string().optional(),
  }),
]);

/** A start (`step` done before) or an end of a run; `time` is as in ISO 8601. */
export type RunHistoryEntry = z.infer<typeof entry>;

/** The starts and ends of a run, in their order; none for a run of an earlier release. Lines that cannot be read are left out. */
export function readHistory(runDirectory: string): readonly RunHistoryEntry[] {
  const file = join(runDirectory, HISTORY_FILE);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [entry.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

/** Records a start. @throws LociError `not-writable`, `disk-full`. */
export function noteStart(start: RunStart, time = new Date()): void {
  const { startStep: step, totalSteps: steps, trainingSamples: samples, command, versions } = start;
  note(start.runDirectory, {
    ...{ event: 'start', time: time.toISOString(), step, steps, samples },
    ...(command !== undefined && { command }),
    versions,
  });
}

/** Records an end. @throws LociError `not-writable`, `disk-full`. */
export function noteEnd(runDirectory: string, ending: RunEnding, time = new Date()): void {
  note(runDirectory, { event: 'end', time: time.toISOString(), ...ending });
}

function note(runDirectory: string, one: RunHistoryEntry): void {
  const file = new AppendFile(join(runDirectory, HISTORY_FILE));
  try {
    file.append(`${JSON.stringify(one)}\n`);
  } finally {
    file.close();
  }
}
