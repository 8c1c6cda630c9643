import { LociError } from '@loci/core';
import {
  ExcludeList,
  readBoxes,
  readExcludeLists,
  readVsiMeta,
  sceneRecipeSchema,
  writeScenes,
} from '@loci/datasets';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { resolveUserPath } from '../paths.ts';
import type { GenerateFlags } from '../flags.ts';
import { problemLines } from '../render/problem-lines.ts';
import { createProgress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { statisticsText } from '../render/statistics-text.ts';
import { tableWidth } from '../render/terminal.ts';
import { readRecipe } from '../read-recipe.ts';
import { outFolder } from '../written-paths.ts';

/**
 * Writes questions about annotated scenes, and prints statistics of them.
 *
 * @throws LociError `flag-missing`, or those of recipe, files and disk.
 */
export async function generateScenes(flags: GenerateFlags, io: Io): Promise<void> {
  const path = (typed: string): string => resolveUserPath(typed, io.userDirectory);
  const { recipe: file, seed, questions } = flags;
  const set = [...flags.set, ...(questions === undefined ? [] : [`questions=${questions}`])];
  const recipe = readRecipe(sceneRecipeSchema, { file, set, seed }, io);
  const read = await Promise.all(flags.scenes.map(path).map(readerOf(flags, path)));
  const exclude =
    flags.exclude.length === 0
      ? new ExcludeList([])
      : await readExcludeLists(flags.exclude.map(path));
  const folder = outFolder(flags.out, io.userDirectory);
  const progress = createProgress(io.out, flags.quiet === true);
  const logger = progressLogger(progress, io.out, flags.quiet === true);
  const written = await writeScenes({ folder, read, exclude, recipe }, logger).finally(() =>
    progress.stop(),
  );
  const { statistics, problems } = written;
  for (const line of problemLines(problems)) print(io, line);
  if (flags.quiet !== true) print(io, `\n${statisticsText(statistics, tableWidth(io.out))}\n`);
  if (flags.exclude.length === 0 && flags.from === 'vsi-bench') {
    logger.warn(
      'no scene was excluded, but the published meta_info files contain the scenes of VSI-Bench. ' +
        'Leave those out with --exclude before you train on the questions.',
    );
  }
  io.result?.({ folder, statistics, problems });
  print(io, `${statistics.questions} questions in ${folder}`);
}

function readerOf(
  { from, scenes, videos, allowOutside }: GenerateFlags,
  path: (typed: string) => string,
): (file: string) => ReturnType<typeof readBoxes> {
  if (scenes.length === 0) {
    throw new LociError(
      'flag-missing',
      `--from ${from} reads scenes from files: name one with --scenes FILE.`,
    );
  }
  if (from === 'boxes') {
    if (videos === undefined) return (file) => readBoxes(file, { allowOutside });
    throw new LociError(
      'flag-misplaced',
      '--videos has no meaning with --from boxes, whose files name the video of each scene: leave it out.',
    );
  }
  if (videos !== undefined) return (file) => readVsiMeta(file, path(videos), { allowOutside });
  throw new LociError(
    'flag-missing',
    '--from vsi-bench needs --videos DIR, with the videos as <dataset>/<scene>.mp4.',
  );
}
