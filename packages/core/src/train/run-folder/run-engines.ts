/** On what a run was computed, and why: one entry a start or resumption, so that its figures can be told apart later. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileWhole } from '../../files/atomic-file.ts';
import type { PolicyCapabilities } from '../../spec/index.ts';

/** Name of the file in the run folder. */
export const ENGINES_FILE = 'engines.json';

const schema = z.array(
  z.object({
    startStep: z.number(),
    description: z.string(),
    library: z.string().optional(),
    precision: z.string().optional(),
    choice: z.string().optional(),
  }),
);

/** What a run was computed on from a step: the engine's own words, its library, and why it was taken. */
export type RunEngine = z.infer<typeof schema>[number];

/** The engines of a run, in the order of their steps; none for a run that kept none, or whose file is damaged. */
export function readEngines(runDirectory: string): readonly RunEngine[] {
  const file = join(runDirectory, ENGINES_FILE);
  if (!existsSync(file)) return [];
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [];
  }
}

/**
 * Keeps what a run is computed on from here.
 *
 * @param startStep steps done before.
 * @throws LociError `not-writable`, `disk-full`.
 */
export function noteEngine(
  runDirectory: string,
  startStep: number,
  { description, engine }: PolicyCapabilities,
): void {
  const earlier = readEngines(runDirectory).filter((one) => one.startStep < startStep);
  const entries: readonly RunEngine[] = [...earlier, { startStep, description, ...engine }];
  writeFileWhole(join(runDirectory, ENGINES_FILE), `${JSON.stringify(entries, null, 1)}\n`);
}
