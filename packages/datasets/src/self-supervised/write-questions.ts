/** Writes questions with their media as a file of records (docs/data.md), once for each choice of videos and options. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LociError, messageOf, writeFolderWhole } from '@loci/core';
import type { DatasetProblem, Logger, Split } from '@loci/core';
import type { Picture } from '@loci/media';
import { z } from 'zod';
import { RECORDS_FILE } from '../jsonl/record.ts';
import type { WrittenRecord } from '../jsonl/record.ts';
import { turnToMake } from '../making/turn-to-make.ts';
import { encodeFilm } from '../rooms/video.ts';
import { askFilms } from './ask-films.ts';
import type { AskedFilm } from './ask-films.ts';
import { readFilm } from './film.ts';
import type { FilmSettings } from './film.ts';
import { videosOfSplit } from './find-videos.ts';
import type { FoundVideo } from './find-videos.ts';
import type { DraftMedium, FilmedFrames } from './task.ts';
import type { TaskName } from './tasks/all.ts';

/** All that the questions of a folder depend on. */
export interface QuestionSettings extends FilmSettings {
  readonly tasks: readonly TaskName[];
  readonly questionsPerVideo: number;
  readonly testShare: number;
}

/** Raised when the same videos and options give other questions than before. */
const VERSION = 1;
const MANIFEST = 'manifest.json';
/** Files being written at the same time. */
const WRITING_AT_ONCE = 8;
/** Videos after which a log says how far the work is. */
const SIGN_EVERY = 100;

const manifest = z.object({
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
});

/** A folder with questions. */
export interface WrittenQuestions {
  readonly folder: string;
  /** Videos that were left out. */
  readonly problems: readonly DatasetProblem[];
}

/**
 * Makes sure that the questions about some videos are there.
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
  const writer = mediaWriter(folder, settings.framesPerSecond);
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
      if (logger.progress === undefined && seen % SIGN_EVERY === 0) {
        logger.info(`self-supervised: asked ${seen} of ${videos.length} videos`);
      }
    }
  }
  const { tasks, questionsPerVideo: rounds, seed } = settings;
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

/** Writes media under numbers, a few at a time. */
function mediaWriter(folder: string, framesPerSecond: number) {
  const writing = new Set<Promise<void>>();
  let count = 0;
  return {
    /** @returns The path within the folder, at once. */
    async write(medium: DraftMedium): Promise<string> {
      const ending = medium.kind === 'image' ? 'png' : 'mp4';
      const path = `media/${String(count++).padStart(6, '0')}.${ending}`;
      const bytes = medium.kind === 'image' ? png(medium.picture) : mp4(medium.frames);
      const one = bytes
        .then((content) => writeFile(join(folder, path), content))
        .finally(() => writing.delete(one));
      writing.add(one);
      if (writing.size >= WRITING_AT_ONCE) await Promise.race(writing);
      return path;
    },
    async end(): Promise<void> {
      await Promise.all(writing);
    },
  };

  function mp4(frames: readonly Picture[]): Promise<Uint8Array> {
    const [{ width, height }] = frames as readonly [Picture, ...Picture[]];
    const pixels = new Uint8Array(frames.length * 3 * width * height);
    for (const [index, frame] of frames.entries()) {
      pixels.set(frame.pixels, index * frame.pixels.length);
    }
    const none = { visiblePixels: new Uint32Array(0), firstVisible: new Int16Array(0) };
    return encodeFilm({ frames: frames.length, width, height, pixels, ...none }, framesPerSecond);
  }
}

async function png({ width, height, pixels }: Picture): Promise<Uint8Array> {
  const { sharp } = await import('@loci/media/sharp');
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
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
