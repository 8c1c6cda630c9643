/** Reads a folder in SpaceR-151k form: samples by index, problems by name. Its memory does not depend on the length of the texts. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { LociError, isWithinFolder, mediaStem, type Sample, type SampleSource } from '@loci/core';
import type { ExcludeList } from './exclude-list.ts';
import { HashIndex } from './hash-index.ts';
import { LineIndex } from './line-index.ts';
import { IS_MISSING, mediaFault } from './media-fault.ts';
import { ProblemList } from './problem-list.ts';
import {
  demonstrationFault,
  mapFault,
  recordFault,
  sceneMapFault,
  SPATIAL_SOURCE,
  type SpacerDemonstration,
  type SpacerMap,
  type SpacerRecord,
  type SpacerSceneMap,
} from './record.ts';

/** Which files of a folder to read; names are relative to the folder. */
export interface SpacerFolderOptions {
  /** Absolute. Media paths of the records are relative to it. */
  readonly folder: string;
  readonly recordsFile: string;
  readonly mapsFile: string;
  /** A file with question kinds and demonstrations; none when absent. */
  readonly demonstrationsFile?: string;
  /** A file with maps in another form, which replace those of `mapsFile`; none when absent. */
  readonly sceneMapsFile?: string;
  /** Scenes whose records are left out. */
  readonly exclude?: ExcludeList;
  /** Whether records may name media outside of the folder; by default such records are skipped. */
  readonly allowOutside?: boolean;
  /** Media files may be missing: the reader needs no videos. */
  readonly unfilmed?: boolean;
}

/** The samples of a folder. */
export interface SpacerSource extends SampleSource {
  /** Number of problems of each sort, `3 skipped lines, 1 missing maps`; empty when there are none. */
  readonly problemSummary: string;
  /** Records of excluded scenes, which do not count as problems. */
  readonly excludedRecords: number;
}

/** A file whose lines are looked up by a key. */
interface KeyedLines {
  readonly lines: LineIndex;
  readonly keys: HashIndex;
}

const EXCLUDED = 'its scene is excluded';
const MISSING = 0;
const PRESENT = 1;
const UNFIT = 2;

async function openKeyed(
  folder: string,
  file: string,
  fault: (value: unknown) => string | undefined,
  keyOf: (value: unknown) => string,
  problems: ProblemList,
): Promise<KeyedLines | undefined> {
  const path = resolve(folder, file);
  if (!existsSync(path)) {
    problems.add('missing files', { file: path, reason: 'the file is missing' });
    return undefined;
  }
  const keys = new HashIndex();
  const lines = await LineIndex.build(
    path,
    (value, { index }) => {
      const reason = fault(value);
      if (reason !== undefined) return reason;
      const key = keyOf(value);
      if (keys.get(key) !== undefined) return `${key} occurs a second time; the first line counts`;
      keys.set(key, index);
      return undefined;
    },
    (line, reason) => problems.add('skipped lines', { file: path, line, reason }),
  );
  return { lines, keys };
}

async function lookUp(keyed: KeyedLines | undefined, key: string): Promise<unknown> {
  const index = keyed?.keys.get(key);
  return index === undefined ? undefined : await keyed!.lines.read(index);
}

/** Indexes the records. It skips and reports lines without their media file, and only reports missing maps. */
async function openRecords(
  {
    folder,
    recordsFile,
    mapsFile,
    exclude,
    allowOutside = false,
    unfilmed = false,
  }: SpacerFolderOptions,
  maps: KeyedLines | undefined,
  problems: ProblemList,
): Promise<{ readonly lines: LineIndex; readonly excludedRecords: number }> {
  let excludedRecords = 0;
  const path = resolve(folder, recordsFile);
  const firstLines = new HashIndex();
  const media = new HashIndex();
  const missingMaps = new HashIndex();
  const visit = (value: unknown, line: number): string | undefined => {
    const fault = recordFault(value);
    if (fault !== undefined) return fault;
    const record = value as SpacerRecord;
    const id = String(record.problem_id);
    const firstLine = firstLines.get(id);
    if (firstLine !== undefined) return `problem_id ${id} was already used on line ${firstLine}`;
    firstLines.set(id, line);
    if (exclude?.why(record.path) !== undefined) return EXCLUDED;
    if (!allowOutside && !isWithinFolder(folder, record.path)) {
      return `its path ${record.path} leaves the folder of the data; set dataset.allowOutside to true to read it anyway`;
    }
    if (!unfilmed && media.get(record.path) === undefined) {
      const file = resolve(folder, record.path);
      const fault = mediaFault(file);
      media.set(
        record.path,
        fault === undefined ? PRESENT : fault === IS_MISSING ? MISSING : UNFIT,
      );
      if (fault !== undefined) {
        problems.add('missing media files', { file, reason: `the ${record.data_type} ${fault}` });
      }
    }
    const state = media.get(record.path);
    if (!unfilmed && state !== PRESENT) {
      const fault = state === MISSING ? IS_MISSING : mediaFault(resolve(folder, record.path));
      return `its media file ${record.path} ${fault}`;
    }
    const videoId = mediaStem(record.path);
    if (
      record.data_source === SPATIAL_SOURCE &&
      maps?.keys.get(videoId) === undefined &&
      missingMaps.get(videoId) === undefined
    ) {
      missingMaps.set(videoId, line);
      const reason = `no map of ${videoId}; its questions have none`;
      problems.add('missing maps', { file: resolve(folder, mapsFile), reason });
    }
    return undefined;
  };
  const lines = await LineIndex.build(
    path,
    (value, { line }) => visit(value, line),
    (line, reason) => {
      if (reason === EXCLUDED) excludedRecords++;
      else problems.add('skipped lines', { file: path, line, reason });
    },
  );
  return { lines, excludedRecords };
}

/**
 * Opens a folder in SpaceR-151k form. It skips invalid lines. `problems()` reports them with file, line and reason, and then
 * missing media files and maps. It lists the first 200 of each sort and counts all.
 * @throws LociError `file-missing` without a file of records, `dataset-empty` when no line of it is valid.
 */
export async function openSpacerFolder(options: SpacerFolderOptions): Promise<SpacerSource> {
  const { folder, demonstrationsFile } = options;
  const problems = new ProblemList();
  const opened: { readonly lines: LineIndex }[] = [];
  const close = async (): Promise<void> => {
    for (const { lines } of opened.splice(0)) await lines.close();
  };
  const keep = <Opened extends { readonly lines: LineIndex } | undefined>(
    value: Opened,
  ): Opened => {
    if (value !== undefined) opened.push(value);
    return value;
  };
  try {
    const maps = keep(
      await openKeyed(
        folder,
        options.mapsFile,
        mapFault,
        (map) => (map as SpacerMap).video_id,
        problems,
      ),
    );
    const demonstrations =
      demonstrationsFile === undefined
        ? undefined
        : keep(
            await openKeyed(
              folder,
              demonstrationsFile,
              demonstrationFault,
              (line) => String((line as SpacerDemonstration).problem_id),
              problems,
            ),
          );
    const sceneMaps =
      options.sceneMapsFile === undefined
        ? undefined
        : keep(
            await openKeyed(
              folder,
              options.sceneMapsFile,
              sceneMapFault,
              (line) => (line as SpacerSceneMap).video_id,
              problems,
            ),
          );
    const { lines: records, excludedRecords } = keep(await openRecords(options, maps, problems));
    if (records.size === 0) {
      // Report a fault of the records rather than an absent optional file.
      const all = problems.all();
      const recordsPath = resolve(folder, options.recordsFile);
      const first = all.find(({ file }) => file === recordsPath) ?? all[0];
      throw new LociError(
        'dataset-empty',
        `${resolve(folder, options.recordsFile)} holds no record that can be used` +
          (first === undefined
            ? excludedRecords > 0
              ? `: the scenes of all ${excludedRecords} are excluded.`
              : '.'
            : `; the first problem: ${first.file} line ${first.line ?? '-'}: ${first.reason}.`),
        { details: { problems: problems.all() } },
      );
    }
    return {
      size: records.size,
      at: async (index) => {
        if (!Number.isInteger(index) || index < 0 || index >= records.size) {
          throw new LociError(
            'index-out-of-range',
            `There is no sample ${index}: ${options.recordsFile} has the samples 0 to ${records.size - 1}.`,
          );
        }
        const record = (await records.read(index)) as SpacerRecord;
        const [map, sceneMap, demonstration] = await Promise.all([
          lookUp(maps, mediaStem(record.path)),
          lookUp(sceneMaps, mediaStem(record.path)),
          lookUp(demonstrations, String(record.problem_id)),
        ]);
        return sampleOf(
          folder,
          record,
          map as SpacerMap | undefined,
          sceneMap as SpacerSceneMap | undefined,
          demonstration as SpacerDemonstration | undefined,
        );
      },
      problems: () => problems.all(),
      problemSummary: problems.summary(),
      excludedRecords,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Converts a record to a sample. */
function sampleOf(
  folder: string,
  record: SpacerRecord,
  map: SpacerMap | undefined,
  sceneMap: SpacerSceneMap | undefined,
  demonstration: SpacerDemonstration | undefined,
): Sample {
  const isSpatial = record.data_source === SPATIAL_SOURCE;
  return {
    id: String(record.problem_id),
    problem: record.problem,
    options: record.problem_type === 'multiple choice' ? record.options : [],
    problemType: record.problem_type,
    solution: record.solution,
    media: [{ kind: record.data_type, path: resolve(folder, record.path) }],
    source: record.data_source,
    ...(isSpatial && map !== undefined && sceneMap === undefined ? { map: map.cognitive_map } : {}),
    ...(sceneMap === undefined ? {} : { sceneMap: sceneMap.scene_map }),
    ...(demonstration === undefined
      ? {}
      : {
          questionKind: demonstration.question_kind,
          demonstration: demonstration.demonstration,
        }),
  };
}
