/** The dataset plugin for folders in SpaceR-151k form. */
import { resolve } from 'node:path';
import { definePlugin, LociError, typedPath, type Split } from '@loci/core';
import { z } from 'zod';
import { readExcludeLists } from './exclude-list.ts';
import { openSpacerFolder } from './spacer-folder.ts';
import { SPACER_FILES } from './write-spacer-folder.ts';

const options = z.strictObject({
  folder: z
    .string()
    .min(1)
    .describe('Folder with records, annotation and media, or hub:OWNER/NAME'),
  trainFile: z.string().default(SPACER_FILES.records).describe('Records to train on (JSONL)'),
  testFile: z.string().optional().describe('Records to evaluate on (JSONL)'),
  mapFile: z.string().default(SPACER_FILES.maps).describe('Cognitive maps by video (JSONL)'),
  demonstrationFile: z
    .string()
    .optional()
    .describe('Question kinds and worked completions by problem_id (JSONL)'),
  excludeFile: z
    .string()
    .optional()
    .describe('Scenes or videos, one a line, whose records are left out (exclude_list.txt)'),
  allowOutside: z
    .boolean()
    .default(false)
    .describe('Read records whose paths lead out of the folder; without it they are skipped'),
});

/**
 * Reads SpaceR-151k, or any folder of that form, in constant memory.
 *
 * @example
 * dataset: { use: spacer-151k, folder: data/SpaceR-151k }
 */
export const spacer151k = definePlugin({
  kind: 'dataset',
  name: 'spacer-151k',
  description: 'Questions, videos and cognitive maps from a folder in SpaceR-151k form.',
  options,
  create: (
    { folder, trainFile, testFile, mapFile, demonstrationFile, excludeFile, allowOutside },
    context,
  ) => ({
    open: async (split: Split) => {
      const recordsFile = split === 'train' ? trainFile : testFile;
      if (recordsFile === undefined) {
        throw new LociError(
          'split-missing',
          'The dataset spacer-151k has no test split: set dataset.testFile to a file of records in its folder.',
        );
      }
      const absolute = (path: string): string => typedPath(path, context.baseDirectory);
      const root = absolute(folder);
      // Scenes of a benchmark are excluded from training, not from the test split.
      const exclude =
        excludeFile === undefined || split === 'test'
          ? undefined
          : await readExcludeLists([absolute(excludeFile)]);
      const source = await openSpacerFolder({
        folder: root,
        recordsFile,
        mapsFile: mapFile,
        allowOutside,
        ...(demonstrationFile === undefined ? {} : { demonstrationsFile: demonstrationFile }),
        ...(exclude === undefined ? {} : { exclude }),
      });
      if (exclude !== undefined) {
        context.logger.info(
          source.excludedRecords > 0
            ? `${resolve(root, recordsFile)}: ${source.excludedRecords} records are left out, their scenes are excluded`
            : `${resolve(root, recordsFile)}: no record is left out, none shows one of the ${exclude.size} scenes in ${excludeFile!}`,
        );
      }
      if (source.problemSummary !== '') {
        context.logger.warn(
          `${resolve(root, recordsFile)}: ${source.size} records can be used; ${source.problemSummary}`,
        );
      }
      return source;
    },
  }),
});
