/** Reads the records of Video-MME from the files on the hub. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isWithinFolder } from '@loci/core';
import type { BenchmarkItem, Subtitle } from '@loci/core';
import { z } from 'zod';
import { checkLayout, locate } from '../reading/layout.ts';
import { createVideoFinder } from '../reading/media-files.ts';
import { parquetRecords, textLike } from '../reading/records.ts';
import { parseCues } from '../reading/subtitles.ts';

const QUESTION_FILES = ['videomme/test-*.parquet', 'test-*.parquet'];
const VIDEO_FOLDERS = ['data', 'videos', 'video'];
const SUBTITLE_FOLDERS = ['subtitle', 'subtitles'];

const record = z.looseObject({
  videoID: z.string().min(1),
  question_id: textLike,
  duration: z.string(),
  domain: z.string(),
  sub_category: z.string().nullish(),
  task_type: z.string(),
  question: z.string(),
  options: z.array(z.string()).min(2),
  answer: z.string().min(1),
});

/** @throws LociError `benchmark-layout`. */
export function checkVideoMmeFolder(data: string, withSubtitles: boolean): void {
  const subtitles = {
    places: SUBTITLE_FOLDERS,
    holds: 'the subtitles',
    how: 'unpack subtitle.zip here',
  };
  checkLayout(
    data,
    [
      { places: QUESTION_FILES, holds: 'the questions', how: 'as the hub has them' },
      {
        places: VIDEO_FOLDERS,
        holds: 'the videos',
        how: 'unpack videos_chunked_*.zip here',
        videos: 'anywhere',
      },
      ...(withSubtitles ? [subtitles] : []),
    ],
    { benchmark: 'Video-MME', repository: 'lmms-lab/Video-MME' },
  );
}

/** The items of a folder, on request with the subtitles of their videos where there are some. */
export async function* readVideoMmeItems(
  data: string,
  withSubtitles: boolean,
  allowOutside = false,
): AsyncIterable<BenchmarkItem> {
  const find = createVideoFinder(
    VIDEO_FOLDERS.map((folder) => join(data, folder)),
    data,
    allowOutside,
  );
  const subtitlesOf = createSubtitleReader(
    SUBTITLE_FOLDERS.map((folder) => join(data, folder)),
    (path) => allowOutside || isWithinFolder(data, path),
  );
  for (const path of locate(data, QUESTION_FILES)) {
    for await (const fields of parquetRecords(path, record)) {
      yield {
        id: fields.question_id,
        task: fields.task_type,
        groups: { duration: fields.duration, domain: fields.domain },
        question: fields.question,
        options: fields.options,
        answer: fields.answer,
        ...find(`${fields.videoID}.mp4`),
        ...(withSubtitles && { subtitles: subtitlesOf(fields.videoID) }),
      };
    }
  }
}

/** Three questions share a video, so the last subtitles are cached. Of all videos, 156 have no file of subtitles. */
function createSubtitleReader(
  folders: readonly string[],
  isAllowed: (path: string) => boolean,
): (video: string) => readonly Subtitle[] {
  let last: { readonly video: string; readonly subtitles: readonly Subtitle[] } | undefined;
  return (video) => {
    if (last?.video === video) return last.subtitles;
    const path = folders
      .flatMap((folder) => ['srt', 'vtt'].map((extension) => join(folder, `${video}.${extension}`)))
      .find((path) => isAllowed(path) && existsSync(path));
    const subtitles = path === undefined ? [] : parseCues(readFileSync(path, 'utf8'));
    last = { video, subtitles };
    return subtitles;
  };
}
