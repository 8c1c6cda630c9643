/** Converts a record of the documented form to a sample. */
import { resolve } from 'node:path';
import { trueMapText } from '@loci/core';
import type { Sample } from '@loci/core';
import { SPATIAL_SOURCE } from '../spacer/record.ts';
import { letteredOptions, letterOfAnswer } from './options.ts';
import type { DataRecord } from './record.ts';
import { kindOf, typeOfRecord } from './record-faults.ts';

/** `source` of samples without a map. Samples with a map count as spatial, and their prompt asks for a map. */
export const RECORD_SOURCE = 'jsonl';

/**
 * The sample of a record without faults.
 *
 * @param mediaFolder Folder that relative paths start from.
 * @param line Number of the line, for a record without an id.
 */
export function sampleOfRecord(record: DataRecord, mediaFolder: string, line: number): Sample {
  const { id, question, media, kind, map, sceneMap, meta } = record;
  const options = letteredOptions(record.options ?? [])!;
  const given = String(record.answer).trim();
  const answer = options.length === 0 ? given : letterOfAnswer(options, given)!;
  const demonstration = demonstrationOfRecord(record, answer);
  return {
    id: String(id ?? `line-${line}`),
    problem: question,
    options,
    problemType: typeOfRecord(record),
    solution: `<answer>${answer}</answer>`,
    media: media.map((medium) => {
      const { path, second } = typeof medium === 'string' ? { path: medium } : medium;
      return {
        kind: kindOf(medium)!,
        path: resolve(mediaFolder, path),
        ...(second !== undefined && { second }),
      };
    }),
    source: map === undefined && sceneMap === undefined ? RECORD_SOURCE : SPATIAL_SOURCE,
    ...(kind !== undefined && { questionKind: kind }),
    ...(map !== undefined && { map }),
    ...(sceneMap !== undefined && { sceneMap }),
    ...(demonstration !== undefined && { demonstration }),
    ...(meta !== undefined && { meta }),
  };
}

/** Thinking, with the map before it unless it has one, and the answer. */
function demonstrationOfRecord(
  record: Pick<DataRecord, 'thinking' | 'map' | 'sceneMap'>,
  answer: string,
): string | undefined {
  const { thinking } = record;
  if (thinking === undefined) return undefined;
  const text = trueMapText(record);
  const drawn = text === undefined || thinking.includes('<map>') ? '' : `<map>${text}</map> `;
  return `<think>${drawn}${thinking}</think><answer>${answer}</answer>`;
}
