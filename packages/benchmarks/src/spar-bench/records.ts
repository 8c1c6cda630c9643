/** Reads the records of SPAR-Bench from the files on the hub. */
import { LociError } from '@loci/core';
import type { BenchmarkItem } from '@loci/core';
import { z } from 'zod';
import { checkLayout, locate } from '../reading/layout.ts';
import { parquetRecords, textLike } from '../reading/records.ts';
import { imageFile, storedImage } from './images.ts';
import { answerOf } from './tasks.ts';

const QUESTION_FILES = ['data/test-*.parquet', 'test-*.parquet'];

const record = z.looseObject({
  id: textLike,
  img_type: z.string(),
  format_type: z.string().nullish(),
  task: z.string(),
  source: z.string().nullish(),
  image: z.array(storedImage).min(1),
  question: z.string(),
  answer: textLike,
});

/** @throws LociError `benchmark-layout`. */
export function checkSparFolder(data: string): void {
  checkLayout(
    data,
    [
      {
        places: QUESTION_FILES,
        holds: 'questions and images, four files in the full set',
        how: 'as the hub has them',
      },
    ],
    {
      benchmark: 'SPAR-Bench',
      repository: 'jasonzhango/SPAR-Bench',
      note: 'SPAR-Bench-Tiny, 50 items a task, has the same form.',
    },
  );
}

/**
 * The items of a folder. Reading writes their images to another folder.
 *
 * @throws LociError `benchmark-record` for an unknown task or an invalid record, `benchmark-images`.
 */
export async function* readSparItems(data: string, images: string): AsyncIterable<BenchmarkItem> {
  for (const path of locate(data, QUESTION_FILES)) {
    for await (const fields of parquetRecords(path, record)) {
      const { id, task } = fields;
      const answers = answerOf(task);
      if (answers === undefined) {
        throw new LociError(
          'benchmark-record',
          `${path}: item ${id} has the unknown task "${task}"`,
        );
      }
      yield {
        // Nothing documents whether ids are unique beyond their task.
        id: `${task}/${id}`,
        task,
        groups: { imageType: fields.img_type },
        question: fields.question,
        options: answers === 'letter' ? optionLines(fields.question) : [],
        answer: fields.answer,
        media: fields.image.map((image) => ({ kind: 'image', path: imageFile(images, image) })),
      };
    }
  }
}

/** The options in the question, each on a line of its own; none when it writes them in another way. */
function optionLines(question: string): readonly string[] {
  return question
    .split('\n')
    .map((line) => /^\s*\(?([A-F])[.):]\s*(\S.*)$/u.exec(line))
    .flatMap((match) => (match === null ? [] : [`${match[1]}. ${match[2]}`]));
}
