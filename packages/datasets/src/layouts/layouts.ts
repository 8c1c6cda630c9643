/** The dataset plugin of real scans: asks the questions of the generated rooms about scanned rooms. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  definePlugin,
  deriveSeed,
  LociError,
  isWithinFolder,
  randomStream,
  typedPath,
  type DatasetProblem,
  type Sample,
  type SampleSource,
} from '@loci/core';
import { z } from 'zod';
import { askScene, type AskedQuestion } from '../rooms/ask-room.ts';
import { QUESTION_KINDS, type QuestionKindName } from '../rooms/questions/all.ts';
import { SPATIAL_SOURCE } from '../spacer/record.ts';
import { readLayouts, type Layout } from './layout.ts';

/** Layouts have no camera, so no question can ask what appears first. */
const KINDS = QUESTION_KINDS.filter((kind) => kind !== 'appearance-order');

/**
 * One question of each kind that a layout offers. The same seed gives the same questions. The position of the right option
 * advances from kind to kind.
 */
export function askLayout(
  { id, scene }: Layout,
  seed: number,
  kinds: readonly QuestionKindName[] = KINDS,
): readonly AskedQuestion[] {
  const random = randomStream(deriveSeed(seed, 'layout', id));
  const start = Math.floor(random() * 12);
  return kinds.flatMap(
    (kind, index) => askScene(scene, kind, random, { slot: start + index }) ?? [],
  );
}

const options = z.strictObject({
  files: z.array(z.string()).min(1).describe('Files of layouts (JSON)'),
  videoFolder: z.string().describe('Folder with the videos as <dataset>/<scene id>.mp4'),
  allowOutside: z
    .boolean()
    .default(false)
    .describe('Show videos whose dataset or scene id leads out of videoFolder'),
  seed: z.number().int().default(1).describe('Seed of the questions'),
  kinds: z
    .array(z.enum(KINDS))
    .min(1)
    .default([...KINDS])
    .describe('Kinds of questions'),
});

const samplesOf = (layout: Layout, questions: readonly AskedQuestion[], path: string): Sample[] =>
  questions.map((question) => ({
    id: `${layout.id}-${question.kind}`,
    problem: question.problem,
    options: question.options,
    problemType: question.problemType,
    solution: question.solution,
    media: [{ kind: 'video', path }],
    source: SPATIAL_SOURCE,
    questionKind: question.kind,
    map: question.map,
  }));

function sourceOf(samples: readonly Sample[], problems: readonly DatasetProblem[]): SampleSource {
  return {
    size: samples.length,
    at: async (index) => {
      const sample = samples[index];
      if (sample !== undefined) return sample;
      throw new LociError(
        'index-out-of-range',
        `There is no sample ${index}: the layouts have the samples 0 to ${samples.length - 1}.`,
      );
    },
    problems: () => problems,
    close: async () => undefined,
  };
}

/**
 * Asks about layouts of real scans. They are for evaluation only: there is no train split.
 *
 * @example
 * dataset: { use: layouts, files: [scannet_meta_info_val.json], videoFolder: videos }
 */
export const layouts = definePlugin({
  kind: 'dataset',
  name: 'layouts',
  description: 'The questions of the generated rooms about layouts of real scans; evaluation only.',
  options,
  create: ({ files, videoFolder, allowOutside, seed, kinds }, { baseDirectory }) => ({
    open: async (split) => {
      if (split === 'train') {
        throw new LociError(
          'split-missing',
          'The dataset layouts has no train split: it is for evaluation only. Train on the dataset rooms instead.',
        );
      }
      const absolute = (path: string): string => typedPath(path, baseDirectory);
      const samples: Sample[] = [];
      const problems: DatasetProblem[] = [];
      for (const layout of (await Promise.all(files.map(absolute).map(readLayouts))).flat()) {
        const video = join(absolute(videoFolder), layout.dataset, `${layout.id}.mp4`);
        if (!allowOutside && !isWithinFolder(absolute(videoFolder), video))
          problems.push({
            file: video,
            reason: `the video of ${layout.id} lies outside of videoFolder; set dataset.allowOutside to true to show it anyway`,
          });
        else if (existsSync(video))
          samples.push(...samplesOf(layout, askLayout(layout, seed, kinds), video));
        else problems.push({ file: video, reason: `the video of ${layout.id} is missing` });
      }
      if (samples.length === 0) {
        throw new LociError(
          'dataset-empty',
          problems[0] === undefined
            ? `No layout is in ${files.join(', ')}.`
            : `No layout has its video; the first, ${problems[0].file}: ${problems[0].reason}; and ${problems.length - 1} more.`,
        );
      }
      return sourceOf(samples, problems);
    },
  }),
});
