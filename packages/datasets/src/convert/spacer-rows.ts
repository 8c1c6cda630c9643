/** Converts records of SpaceR-151k, with the maps and demonstrations of their folder, to the documented form. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { extractSolution, mediaStem } from '@loci/core';
import { recordFault, SPATIAL_SOURCE } from '../spacer/record.ts';
import type { SpacerDemonstration, SpacerMap, SpacerRecord } from '../spacer/record.ts';
import { SPACER_FILES } from '../spacer/write-spacer-folder.ts';
import { writtenMedium } from './draft.ts';
import type { Draft } from './draft.ts';
import type { MediaPlace } from './media-place.ts';
import { NotTaken } from './not-taken.ts';
import { readRows } from './rows.ts';
import type { Fields } from './rows.ts';

/** Reads the maps and demonstrations beside a file of records. @returns the converter of its rows. */
export async function spacerRows(file: string): Promise<(row: Fields, place: MediaPlace) => Draft> {
  const maps = await keyed<SpacerMap>(file, SPACER_FILES.maps, 'video_id');
  const worked = await keyed<SpacerDemonstration>(file, SPACER_FILES.demonstrations, 'problem_id');
  return (row, place) => {
    const fault = recordFault(row);
    if (fault !== undefined) throw new NotTaken('a record that SpaceR-151k would not have', fault);
    const record = row as unknown as SpacerRecord;
    const map = maps.get(mediaStem(record.path))?.cognitive_map;
    const demonstration = worked.get(String(record.problem_id));
    const thinking = /<think>([\s\S]*?)<\/think>/u.exec(demonstration?.demonstration ?? '')?.[1];
    return {
      notes: [],
      record: {
        id: record.problem_id as string | number,
        question: record.problem,
        media: [writtenMedium(place.pathOf(record.path), record.data_type)],
        ...(record.problem_type === 'multiple choice' && { options: [...record.options] }),
        answer: extractSolution(record.solution)!,
        type: record.problem_type,
        ...(demonstration && { kind: demonstration.question_kind }),
        ...(record.data_source === SPATIAL_SOURCE && map && { map: map as never }),
        ...(thinking !== undefined && { thinking: thinking.trim() }),
        meta: { source: record.data_source },
      },
    };
  };
}

async function keyed<Line>(
  records: string,
  name: string,
  key: string & keyof Line,
): Promise<ReadonlyMap<string, Line>> {
  const lines = new Map<string, Line>();
  const file = join(dirname(records), name);
  if (!existsSync(file)) return lines;
  for await (const { value } of readRows(file)) {
    if (!(value instanceof NotTaken)) lines.set(String(value[key]), value as unknown as Line);
  }
  return lines;
}
