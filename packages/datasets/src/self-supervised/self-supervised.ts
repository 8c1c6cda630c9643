/** The dataset plugin that makes questions from any videos, without labels. */
import { definePlugin, typedPath } from '@loci/core';
import { z } from 'zod';
import { join } from 'node:path';
import { openRecords } from '../jsonl/open-records.ts';
import { RECORDS_FILE } from '../jsonl/record.ts';
import { findVideos } from './find-videos.ts';
import { TASK_NAMES } from './tasks/all.ts';

const options = z.strictObject({
  videos: z.string().min(1).describe('Folder with videos, also in its subfolders'),
  folder: z
    .string()
    .min(1)
    .default('data/self-supervised')
    .describe(
      'Folder of the questions; each choice of videos and options has its own folder in it',
    ),
  seed: z.int().default(1).describe('Seed of the questions; independent of the seed of the run'),
  tasks: z
    .array(z.enum(TASK_NAMES))
    .min(1)
    .default([...TASK_NAMES])
    .describe('Kinds of questions'),
  questionsPerVideo: z
    .int()
    .positive()
    .max(100)
    .default(1)
    .describe('Questions of each kind about each video'),
  testShare: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.2)
    .describe('Share of the videos in the test split'),
  framesPerSecond: z
    .number()
    .positive()
    .max(30)
    .default(4)
    .describe('Frames to take from a second of video'),
  clipSeconds: z.number().positive().max(10).default(1).describe('Length of a clip'),
  windowSeconds: z
    .number()
    .positive()
    .max(120)
    .default(30)
    .describe('Length of the section of a longer video that questions are about'),
  longestSide: z.int().min(32).max(1280).default(448).describe('Larger frames are scaled down'),
});

/**
 * Makes questions from videos on first use, and reads them like any file of records. The same videos and options give the same questions.
 *
 * @example dataset: { use: self-supervised, videos: films }
 */
export const selfSupervised = definePlugin({
  kind: 'dataset',
  name: 'self-supervised',
  description:
    'Questions from any videos, without labels: order, direction, cut-outs, gaps, place.',
  options,
  create: ({ videos, folder, ...settings }, { baseDirectory, logger }) => ({
    async open(split) {
      const parent = typedPath(folder, baseDirectory);
      const found = await findVideos(typedPath(videos, baseDirectory), parent);
      // This module decodes videos, which not every installation can.
      const { ensureQuestions } = await import('./write-questions.ts');
      const written = await ensureQuestions(parent, found, settings, logger);
      const source = await openRecords({
        ...{ file: join(written.folder, RECORDS_FILE), split, mediaFolder: written.folder },
      });
      return { ...source, problems: () => [...written.problems, ...source.problems()] };
    },
  }),
});
