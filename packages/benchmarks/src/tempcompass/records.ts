/** Reads the records of TempCompass: one parquet file a kind from the hub, or the project's own JSON files. */
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type { BenchmarkItem } from '@loci/core';
import { z } from 'zod';
import { checkLayout, locate } from '../reading/layout.ts';
import { createVideoFinder } from '../reading/media-files.ts';
import { optionalText, parquetRecords, readJsonFile, textLike } from '../reading/records.ts';
import { optionsOf } from './kinds.ts';
import type { TaskKind } from './kinds.ts';

const VIDEO_FOLDERS = ['videos', 'video', 'tempcompass_videos'];

function questionFiles(kind: TaskKind): readonly string[] {
  return [`${kind}/test-*.parquet`, `questions/${kind}.json`];
}

const hubRecord = z.looseObject({
  video_id: textLike,
  question: z.string(),
  answer: optionalText,
  dim: z.string(),
  mc_question: optionalText,
  mc_answer: optionalText,
});

const question = z.looseObject({ question: z.string(), answer: z.string() });
const questionFile = z.record(z.string(), z.record(z.string(), z.array(question)));

/** A question of either source. */
interface TempCompassRecord {
  readonly video: string;
  readonly aspect: string;
  readonly question: string;
  readonly answer: string;
  /** For captions: the multiple-choice question that a judge answers from the caption. */
  readonly judgeQuestion?: string;
}

/** @throws LociError `benchmark-layout`. */
export function checkTempCompassFolder(data: string, kinds: readonly TaskKind[]): void {
  checkLayout(
    data,
    [
      ...kinds.map((kind) => ({
        places: questionFiles(kind),
        holds: `the questions of the kind ${kind}`,
        how: 'as the hub has them',
      })),
      {
        places: VIDEO_FOLDERS,
        holds: 'the videos',
        how: 'unpack tempcompass_videos.zip here',
        videos: 'anywhere',
      },
    ],
    { benchmark: 'TempCompass', repository: 'lmms-lab/TempCompass' },
  );
}

/** The items of the wanted kinds, kind by kind. */
export async function* readTempCompassItems(
  data: string,
  kinds: readonly TaskKind[],
  allowOutside = false,
): AsyncIterable<BenchmarkItem> {
  const find = createVideoFinder(
    VIDEO_FOLDERS.map((folder) => join(data, folder)),
    data,
    allowOutside,
  );
  for (const kind of kinds) {
    const counts = new Map<string, number>();
    for await (const record of readKind(data, kind)) {
      const { video, aspect, judgeQuestion } = record;
      const place = `${video}/${aspect}`;
      const index = counts.get(place) ?? 0;
      counts.set(place, index + 1);
      yield {
        id: `${kind}/${place}/${index}`,
        task: kind,
        groups: { aspect },
        question: record.question,
        options: optionsOf(judgeQuestion ?? record.question),
        answer: record.answer,
        ...(judgeQuestion !== undefined && { judgeQuestion }),
        ...find(`${video}.mp4`),
      };
    }
  }
}

async function* readKind(data: string, kind: TaskKind): AsyncIterable<TempCompassRecord> {
  for (const path of locate(data, questionFiles(kind))) {
    if (path.endsWith('.parquet')) yield* hubRecords(path, kind);
    else yield* projectRecords(path, data, kind);
  }
}

async function* hubRecords(path: string, kind: TaskKind): AsyncIterable<TempCompassRecord> {
  for await (const fields of parquetRecords(path, hubRecord)) {
    const judged = kind === 'captioning';
    const [answer, judgeQuestion] = judged
      ? [fields.mc_answer, fields.mc_question]
      : [fields.answer, undefined];
    if (answer === undefined || (judged && judgeQuestion === undefined)) {
      const wanted = judged ? '"mc_question" and "mc_answer"' : '"answer"';
      throw new LociError(
        'benchmark-record',
        `${path}: a record of ${fields.video_id} lacks ${wanted}`,
      );
    }
    yield {
      video: fields.video_id,
      aspect: fields.dim,
      question: fields.question,
      answer,
      ...(judgeQuestion !== undefined && { judgeQuestion }),
    };
  }
}

/** A caption is scored with the first multiple-choice question of the same video and aspect. */
async function* projectRecords(
  path: string,
  data: string,
  kind: TaskKind,
): AsyncIterable<TempCompassRecord> {
  const videos = await readJsonFile(path, questionFile);
  const choices = kind === 'captioning' ? await readChoices(data) : undefined;
  for (const [video, aspects] of Object.entries(videos)) {
    for (const [aspect, questions] of Object.entries(aspects)) {
      const choice = choices?.[video]?.[aspect]?.[0];
      if (choices !== undefined && choice === undefined) {
        throw new LociError(
          'benchmark-record',
          `${path}: there is no multiple-choice question of ${video}, ${aspect} to answer from a caption`,
        );
      }
      for (const asked of questions) {
        yield {
          video,
          aspect,
          question: asked.question,
          answer: choice?.answer ?? asked.answer,
          ...(choice !== undefined && { judgeQuestion: choice.question }),
        };
      }
    }
  }
}

async function readChoices(data: string): Promise<z.output<typeof questionFile>> {
  const [path] = locate(data, ['questions/multi-choice.json']);
  if (path !== undefined) return readJsonFile(path, questionFile);
  throw new LociError(
    'benchmark-layout',
    `${join(data, 'questions/multi-choice.json')} is missing: captions are scored with its questions`,
  );
}
