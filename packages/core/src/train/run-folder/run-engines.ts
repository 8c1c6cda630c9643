/** The engines that computed a run: one entry for each start or resumption, so that its timings can be attributed later. */
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

/** The engine of a run from a step on: its description, its library, and why it was chosen. */
export type RunEngine = z.infer<typeof schema>[number];

/** The engines of a run, in the order of their steps; none when the file is missing or damaged. */
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
 * Records the engine that computes a run from here on.
 *
 * @param startStep Steps done before.
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
