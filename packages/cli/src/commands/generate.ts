import { LociError } from '@loci/core';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun, plainLogger } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import type { GenerateFlags } from '../flags.ts';
import { generateScenes } from './generate-scenes.ts';

/**
 * Writes a dataset in SpaceR-151k form: both splits of the rooms dataset, where a run whose `dataset.folder` is the same folder, and
 * whose other options are the same, finds them; or questions about annotated scenes.
 *
 * @throws LociError `flag-misplaced`, or those of the config, the files and the disk.
 */
export async function generate(flags: GenerateFlags, io: Io): Promise<void> {
  const rooms = flags.from === 'rooms';
  const foreign = (
    rooms ? (['videos', 'exclude', 'questions', 'recipe'] as const) : (['config'] as const)
  ).filter((name) => isGiven(flags[name]));
  if (foreign.length > 0) {
    throw new LociError(
      'flag-misplaced',
      `--${foreign.join(', --')} means nothing to --from ${flags.from}: leave it out, or name another source with --from.`,
    );
  }
  await (rooms ? generateRooms(flags, io) : generateScenes(flags, io));
}

async function generateRooms(flags: GenerateFlags, io: Io): Promise<void> {
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
  if (scenes.length > 1 || scenes.some((count) => !/^[1-9]\d*$/u.test(count))) {
    throw new LociError(
      'flag-misplaced',
      `--scenes ${scenes.join(' --scenes ')}: rooms want their number, at least 1; files of scenes want --from vsi-bench or boxes.`,
    );
  }
  return [
    'dataset.use=rooms',
    ...set,
    `dataset.folder=${JSON.stringify(folder)}`,
    ...scenes.map((count) => `dataset.trainScenes=${count}`),
    ...(seed === undefined ? [] : [`dataset.seed=${seed}`]),
  ];
}

function isGiven(value: string | number | readonly string[] | undefined): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
