import { LociError } from '@loci/core';
import { readRunConfig } from '../defaults.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { createProgress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import type { GenerateFlags } from '../flags.ts';
import { unusedSettings } from '../unused-settings.ts';
import { outFolder } from '../written-paths.ts';
import { generateScenes } from './generate-scenes.ts';

/**
 * Writes a dataset in SpaceR-151k form: both splits of the rooms dataset, or questions about annotated scenes. A run with this folder as
 * `dataset.folder` and the same other options uses the rooms.
 *
 * @throws LociError `flag-misplaced`, or those of the config, the files and the disk.
 */
export async function generate(flags: GenerateFlags, io: Io): Promise<void> {
  const rooms = flags.from === 'rooms';
  const foreign = (
    rooms
      ? (['videos', 'allowOutside', 'exclude', 'questions', 'recipe'] as const)
      : (['config'] as const)
  ).filter((name) => isGiven(flags[name]));
  if (foreign.length > 0) {
    throw new LociError(
      'flag-misplaced',
      `${foreign.map(flagOf).join(', ')} has no meaning with --from ${flags.from}: leave it out, or name another source with --from.`,
    );
  }
  await (rooms ? generateRooms(flags, io) : generateScenes(flags, io));
}

async function generateRooms(flags: GenerateFlags, io: Io): Promise<void> {
  const folder = outFolder(flags.out, io.userDirectory);
  const progress = createProgress(io.out, flags.quiet === true);
  const logger = progressLogger(progress, io.out, flags.quiet === true);
  for (const line of unusedSettings('generate', flags.set)) logger.warn(line);
  if (flags.config !== undefined) {
    const { use } = readRunConfig({ config: flags.config, set: [] }, io).config.dataset;
    if (use !== 'rooms') throw notRooms(use);
  }
  const source = { ...flags, set: settingsOf(flags, folder) };
  const run = await openRun(source, io, { logger, brings: [] });
  const { use } = run.config.dataset;
  if (use !== 'rooms') throw notRooms(use);
  try {
    const dataset = await run.dataset();
    const questions: Partial<Record<'train' | 'test', number>> = {};
    for (const split of ['train', 'test'] as const) {
      const samples = await dataset.open(split);
      questions[split] = samples.size;
      progress.line(`${split}: ${samples.size} questions`);
      await samples.close();
    }
    io.result?.({ folder, questions });
  } finally {
    progress.stop();
  }
  print(io, `rooms in ${folder}`);
}

function notRooms(use: string): LociError {
  return new LociError(
    'flag-misplaced',
    `The dataset of the config is ${use}, but --from rooms generates rooms: name a config of rooms, or leave dataset.use out.`,
  );
}

/** The settings of the config, with the short flags as options of the dataset. */
function settingsOf({ scenes, seed, set }: GenerateFlags, folder: string): readonly string[] {
  if (scenes.length > 1 || scenes.some((count) => !/^[1-9]\d*$/u.test(count))) {
    throw new LociError(
      'flag-misplaced',
      `--scenes ${scenes.join(' --scenes ')}: --from rooms takes one number, at least 1; files of scenes need --from vsi-bench or boxes.`,
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

/** `allowOutside` as `--allow-outside`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
}

function isGiven(value: string | number | boolean | readonly string[] | undefined): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
