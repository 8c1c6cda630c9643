/** Writes the page of the results of training, with plots, from the folders of experiments. */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { LociError, writeFileWhole } from '@loci/core';
import { readStoredExperiment } from '../experiment/experiment-store.ts';
import { readExperimentFigures } from '../experiment/figures.ts';
import type { ExperimentFigures } from '../experiment/figures.ts';
import { intervalPlot } from '../experiment/interval-plot.ts';
import { effort, learningPage } from '../experiment/learning-page.ts';
import type { PageImage, PageImages } from '../experiment/learning-page.ts';
import type { LearningFlags } from '../flags.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { nextCommand } from '../next-command.ts';
import { resolveUserPath } from '../paths.ts';
import { panelFile, smoothed } from '../report/curves.ts';
import { outFile } from '../written-paths.ts';

/** Steps averaged into one point of a training curve. */
const SMOOTHED_STEPS = 20;

/**
 * Generates the page.
 *
 * @throws LociError `no-experiment`, `nothing-evaluated`, `experiment-unreadable`, those of the evaluations and of the disk.
 */
export async function learning(flags: LearningFlags, io: Io): Promise<void> {
  const file = outFile(flags.file ?? join('docs', 'learning.md'), io.userDirectory);
  const folders = flags.experiments.map((typed) => resolveUserPath(typed, io.userDirectory));
  const sections: { figures: ExperimentFigures; images: PageImages }[] = [];
  for (const folder of folders) {
    const stored = readStoredExperiment(folder);
    if (stored === undefined) {
      throw new LociError(
        'no-experiment',
        `${folder} has no experiment: ${nextCommand('experiment', `FILE --out ${folder}`)} makes one`,
      );
    }
    const figures = await readExperimentFigures(stored, io);
    if (figures.evaluations.length === 0) {
      throw new LociError('nothing-evaluated', `${folder} has no finished evaluation to show yet`);
    }
    sections.push({ figures, images: await drawImages(figures, basename(folder), dirname(file)) });
  }
  const typed = folders.map((folder) => portable(relative(io.userDirectory, folder)));
  writeFileWhole(file, learningPage(sections, `npx nx run cli:learning -- ${typed.join(' ')}`));
  print(io, `page  ${file}`);
  io.result?.({
    page: file,
    experiments: sections.map(({ figures }, index) => ({ directory: folders[index], ...figures })),
  });
}

/** Writes the plots into `images` beside the page. */
async function drawImages(
  { arms, evaluations }: ExperimentFigures,
  name: string,
  folder: string,
): Promise<PageImages> {
  const write = (what: string, svg: string, caption: string): PageImage => {
    const path = `images/learning-${name}-${what}.svg`;
    writeFileWhole(resolve(folder, path), svg.endsWith('\n') ? svg : `${svg}\n`);
    return { path, caption };
  };
  const trained = arms.filter(({ curve }) => curve.length > 0);
  const drawn: Record<string, PageImage> = {};
  for (const evaluation of evaluations) {
    const panels = [
      { title: 'answers', measure: 'score' },
      { title: 'calibrated map', measure: 'calibrated' },
    ].filter(({ measure }) => evaluation.arms.some(({ figures }) => measure in figures));
    drawn[evaluation.name] = write(
      evaluation.name,
      await intervalPlot(evaluation.arms, panels),
      `${evaluation.title}: means with 95 % intervals. ${effort(arms)}`,
    );
  }
  if (trained.length === 0) return { evaluations: drawn };
  const series = trained.map(({ title, curve }) => ({
    ...smoothed({ name: title, points: curve }, SMOOTHED_STEPS),
    name: title,
  }));
  const svg = await panelFile(
    { title: 'Reward of the answers', series },
    { width: 760, height: 320 },
  );
  const caption = `Reward of the sampled answers in training, mean over the seeds and ${SMOOTHED_STEPS} steps. ${effort(trained)}`;
  return { training: write('training', svg, caption), evaluations: drawn };
}

/** A path with slashes on every system. */
function portable(path: string): string {
  return path.split(sep).join('/');
}
