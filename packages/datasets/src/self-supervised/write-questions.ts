/** Writes questions with their media as a file of records (docs/data.md), once for each choice of videos and options. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LociError, messageOf, writeFolderWhole } from '@loci/core';
import type { DatasetProblem, Logger, Split } from '@loci/core';
import { z } from 'zod';
import { RECORDS_FILE } from '../jsonl/record.ts';
import type { WrittenRecord } from '../jsonl/record.ts';
import { turnToMake } from '../making/turn-to-make.ts';
import { askFilms } from './ask-films.ts';
import type { AskedFilm } from './ask-films.ts';
import { readFilm } from './film.ts';
import type { FilmSettings } from './film.ts';
import { videosOfSplit } from './find-videos.ts';
import type { FoundVideo } from './find-videos.ts';
import { MediaWriter } from './media-writer.ts';
import type { FilmedFrames } from './task.ts';
import type { TaskName } from './tasks/all.ts';

/** Settings of the questions of a folder. */
export interface QuestionSettings extends FilmSettings {
  readonly tasks: readonly TaskName[];
  readonly questionsPerVideo: number;
  readonly testShare: number;
}

/** Raised when the same videos and options give other questions than before. */
const VERSION = 1;
const MANIFEST = 'manifest.json';
/** Videos between two log lines about the progress. */
const LOG_EVERY = 100;

const manifest = z.object({
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
});

/** A folder with questions. */
export interface WrittenQuestions {
  readonly folder: string;
  /** Skipped videos. */
  readonly problems: readonly DatasetProblem[];
}

/**
 * Makes sure that the questions about some videos exist.
 *
 * @param parent Absolute; each choice of videos and options has its own folder in it.
 * @throws LociError `disk-full`, `not-writable`; `dataset-empty` when no video gives a question.
 */
export async function ensureQuestions(
  parent: string,
  videos: readonly FoundVideo[],
  settings: QuestionSettings,
  logger: Logger,
): Promise<WrittenQuestions> {
  const made = { generator: 'self-supervised', version: VERSION, ...settings };
  const inputs = { ...made, videos: videos.map(({ name, digest }) => [name, digest]) };
  const hash = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 12);
  const folder = join(parent, `questions-${hash}`);
  const manifestFile = join(folder, MANIFEST);
  const isMade = (): boolean => existsSync(manifestFile);
  const lock = await turnToMake(folder, isMade, 'self-supervised', logger);
  if (lock !== undefined) {
    try {
      if (!isMade()) await make();
    } finally {
      lock.release();
    }
  }
  const { skipped } = manifest.parse(JSON.parse(await readFile(manifestFile, 'utf8')));
  return { folder, problems: skipped };

  async function make(): Promise<void> {
    logger.info(`self-supervised: asking ${videos.length} videos, into ${folder}`);
    await writeFolderWhole(folder, async (unfinished) => {
      const left = await fill(unfinished, videos, settings, logger);
      const text = JSON.stringify({ ...inputs, skipped: left }, undefined, 2);
      await writeFile(join(unfinished, MANIFEST), `${text}\n`);
    });
  }
}

async function fill(
  folder: string,
  videos: readonly FoundVideo[],
  settings: QuestionSettings,
  logger: Logger,
): Promise<readonly DatasetProblem[]> {
  await mkdir(join(folder, 'media'), { recursive: true });
  const skipped: DatasetProblem[] = [];
  const records: WrittenRecord[] = [];
  const unfit = new Map<string, number>();
  const writer = new MediaWriter(folder, settings.framesPerSecond);
  let seen = 0;
  async function* films(split: Split): AsyncGenerator<FilmedFrames> {
    for (const video of videosOfSplit(videos, split, settings.testShare, settings.seed)) {
      try {
        yield await readFilm(video, settings);
      } catch (thrown) {
        if (!LociError.is(thrown)) throw thrown;
        skipped.push({ file: video.path, reason: thrown.message });
      }
      seen++;
      logger.progress?.('asking videos', seen, videos.length);
      if (logger.progress === undefined && seen % LOG_EVERY === 0) {
        logger.info(`self-supervised: asked ${seen} of ${videos.length} videos`);
      }
    }
  }
  const { tasks, questionsPerVideo: rounds, seed } = settings;
  try {
    for (const split of ['train', 'test'] as const) {
      for await (const asked of askFilms(films(split), { tasks, rounds, seed })) {
        if ('unfit' in asked) {
          const why = `${asked.task}: ${asked.unfit}`;
          unfit.set(why, (unfit.get(why) ?? 0) + 1);
          continue;
        }
        const media: string[] = [];
        for (const medium of asked.draft.media) media.push(await writer.write(medium));
        records.push(recordOf(asked, split, media));
      }
    }
    await writer.end();
  } finally {
    await writer.settle();
  }
  for (const [why, count] of unfit) logger.info(`self-supervised: ${count} videos without ${why}`);
  if (records.length === 0) throw withoutQuestions(videos, skipped, unfit);
  await writeFile(
    join(folder, RECORDS_FILE),
    records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  );
  return skipped;
}

function recordOf(
  { film, task, round, draft }: AskedFilm,
  split: Split,
  media: readonly string[],
): WrittenRecord {
  return {
    id: `${task}:${film}:${round}`,
    question: draft.question,
    media: [...media],
    options: draft.options.map((option, index) => `${String.fromCharCode(65 + index)}. ${option}`),
    answer: String.fromCharCode(65 + draft.right),
    kind: task,
    split,
    thinking: draft.thinking,
    meta: { video: film },
  };
}

function withoutQuestions(
  videos: readonly FoundVideo[],
  skipped: readonly DatasetProblem[],
  unfit: ReadonlyMap<string, number>,
): LociError {
  const [first] = skipped;
  const why =
    first === undefined
      ? [...unfit].map(([reason, count]) => `${count} without ${reason}`).join('; ')
      : `the first: ${first.file}: ${messageOf(new Error(first.reason))}`;
  return new LociError(
    'dataset-empty',
    `None of the ${videos.length} videos gives a question (${why})`,
  );
}
