import { createRun } from '@loci/core';
import { bundledPlugins } from '../compose.ts';
import { readRunConfig } from '../defaults.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
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
  const { config, origin } = readRunConfig(
    { ...(flags.config !== undefined && { config: flags.config }), set: settingsOf(flags, folder) },
    io,
  );
  const run = await createRun({
    config,
    origin,
    plugins: bundledPlugins,
    baseDirectory: io.userDirectory,
    logger: {
      info: (message) => (flags.quiet === true ? undefined : print(io, message)),
      warn: (message) => print(io, `warning: ${message}`),
    },
  });
  const dataset = await run.dataset();
  for (const split of ['train', 'test'] as const) {
    const source = await dataset.open(split);
    print(io, `${split}: ${source.size} questions`);
    await source.close();
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
