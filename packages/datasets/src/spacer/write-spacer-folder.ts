/** Writing a folder in SpaceR-151k form; the media are the caller's business. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SpacerDemonstration, SpacerMap, SpacerRecord, SpacerSceneMap } from './record.ts';

/** Where the files of a folder stand. */
export const SPACER_FILES = {
  records: 'SpaceR-151k.jsonl',
  maps: 'annotation/cognitive_map.jsonl',
  demonstrations: 'annotation/demonstrations.jsonl',
  /** Maps in another form; a folder has it where its maps are. */
  sceneMaps: 'annotation/scene_map.jsonl',
} as const;

/** What goes into a folder. */
export interface SpacerFolderContent {
  readonly records: readonly SpacerRecord[];
  readonly maps: readonly SpacerMap[];
  readonly demonstrations: readonly SpacerDemonstration[];
  readonly sceneMaps?: readonly SpacerSceneMap[];
}

/** A record with its fields in the order of SpaceR-151k and no others. */
function inOrder(record: SpacerRecord): SpacerRecord {
  return {
    problem_id: record.problem_id,
    problem: record.problem,
    options: record.options,
    problem_type: record.problem_type,
    solution: record.solution,
    data_type: record.data_type,
    path: record.path,
    data_source: record.data_source,
  };
}

/** Writes records, maps and demonstrations, one JSON line each. The same content gives the same bytes. */
export async function writeSpacerFolder(
  folder: string,
  { records, maps, demonstrations, sceneMaps = [] }: SpacerFolderContent,
): Promise<void> {
  const files: readonly (readonly [string, readonly unknown[]])[] = [
    [SPACER_FILES.records, records.map(inOrder)],
    [SPACER_FILES.maps, maps],
    [SPACER_FILES.demonstrations, demonstrations],
    ...(sceneMaps.length > 0 ? [[SPACER_FILES.sceneMaps, sceneMaps] as const] : []),
  ];
  for (const [name, lines] of files) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}
