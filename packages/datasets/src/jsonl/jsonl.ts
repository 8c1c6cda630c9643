/** The dataset plugin for files of records in the documented form. */
import { dirname, resolve } from 'node:path';
import { definePlugin, typedPath } from '@loci/core';
import { z } from 'zod';
import { openRecords } from './open-records.ts';

/**
 * Reads questions about any number of videos and images from one JSONL file: docs/data.md.
 *
 * @example dataset: { use: jsonl, file: data/mine/questions.jsonl }
 */
export const jsonl = definePlugin({
  kind: 'dataset',
  name: 'jsonl',
  description: 'Questions from a JSONL file in the form of docs/data.md.',
  options: z.strictObject({
    file: z
      .string()
      .min(1)
      .describe('File of records, one JSON object a line, or hub:OWNER/NAME/FILE'),
    mediaFolder: z
      .string()
      .min(1)
      .optional()
      .describe('Folder that relative paths of media start from; the folder of the file if unset'),
    allowOutside: z
      .boolean()
      .default(false)
      .describe('Show media whose paths lead out of the folder; without it records are skipped'),
  }),
  create: ({ file, mediaFolder, allowOutside }, context) => ({
    async open(split) {
      const path = resolve(typedPath(file, context.baseDirectory));
      const folder =
        mediaFolder === undefined
          ? dirname(path)
          : resolve(typedPath(mediaFolder, context.baseDirectory));
      const source = await openRecords({ file: path, split, mediaFolder: folder, allowOutside });
      const { size, records = size } = source;
      if (records > size) {
        context.logger.warn(
          `${path}: ${size} of ${records} records of the split ${split} can be used; the command check-data names the faults`,
        );
      }
      return source;
    },
  }),
});
