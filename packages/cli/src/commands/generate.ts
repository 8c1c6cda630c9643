import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun, plainLogger } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import type { GenerateFlags } from '../program.ts';

/**
 * Generates both splits of the rooms dataset and says what is in them. A run whose `dataset.folder` is the same folder, and
 * whose other options are the same, finds them there.
 *
 * @throws LociError of the config or the disk.
 */
export async function generate(flags: GenerateFlags, io: Io): Promise<void> {
  const folder = resolveUserPath(flags.out, io.userDirectory);
  const source = { ...flags, set: settingsOf(flags, folder) };
  const run = await openRun(source, io, { logger: plainLogger(io, flags.quiet === true) });
  const dataset = await run.dataset();
  for (const split of ['train', 'test'] as const) {
    const samples = await dataset.open(split);
    print(io, `${split}: ${samples.size} questions`);
    await samples.close();
  }
  print(io, `rooms in ${folder}`);
}

/** The short flags stand for options of the dataset. */
function settingsOf({ scenes, seed, set }: GenerateFlags, folder: string): readonly string[] {
  return [
    'dataset.use=rooms',
    ...set,
    `dataset.folder=${JSON.stringify(folder)}`,
    ...(scenes === undefined ? [] : [`dataset.trainScenes=${scenes}`]),
    ...(seed === undefined ? [] : [`dataset.seed=${seed}`]),
  ];
}
