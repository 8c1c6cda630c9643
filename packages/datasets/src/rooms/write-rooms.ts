/**
 * Writes a split of rooms as a folder in SpaceR-151k form: videos, records, maps, demonstrations and a manifest. The folder
 * appears whole or not at all.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  LociError,
  formatSceneMap,
  messageOf,
  type Logger,
  type SceneMap,
  type Split,
} from '@loci/core';
import {
  SPATIAL_SOURCE,
  type SpacerDemonstration,
  type SpacerMap,
  type SpacerRecord,
  type SpacerSceneMap,
} from '../spacer/record.ts';
import { turnToMake } from '../making/turn-to-make.ts';
import { writeSpacerFolder } from '../spacer/write-spacer-folder.ts';
import type { AskedQuestion } from './ask-room.ts';
import { askLayouts } from './asked-layouts.ts';
import { cognitiveMapOf } from './grid.ts';
import type { QuestionKindName } from './questions/all.ts';
import { renderRoom } from './render.ts';
import type { RoomOptions } from './room-options.ts';
import { sceneMapOf, type MapFormat } from './scene-maps.ts';
import { roomSeries, type AskedRoom } from './room-series.ts';
import { encodeFilm } from './video.ts';

/** Options of a split of rooms: the same values give the same folder. */
export interface RoomsSplit extends RoomOptions {
  readonly seed: number;
  readonly split: Split;
  readonly scenes: number;
  readonly questionsPerScene: number;
  readonly kinds: readonly QuestionKindName[];
  /** Frames per second of the videos. */
  readonly framesPerSecond: number;
  readonly seconds: number;
  readonly height: number;
  readonly width: number;
  /** Files of real layouts, and a digest of them; absent for generated rooms. */
  readonly layouts?: { readonly files: readonly string[]; readonly digest: string };
  /** Form of the true map, where it is another than SpaceR's. */
  readonly mapFormat?: Exclude<MapFormat, 'spacer'>;
  /** Set where the rooms have no videos. */
  readonly unfilmed?: true;
}

/** Raised when the same options give other rooms than before, so that old folders are not reused. */
const GENERATOR_VERSION = 2;
/** Videos being encoded at the same time, on FFmpeg's threads, while the next room is drawn. */
const ENCODING_AT_ONCE = 4;
const MANIFEST = 'manifest.json';

/** The text that is hashed for the name of a folder, and stored in it. */
function manifestOf({ layouts, ...split }: RoomsSplit): string {
  const manifest = { generator: 'rooms', version: GENERATOR_VERSION, ...split };
  // The digest replaces the paths of the files.
  const whole = layouts === undefined ? manifest : { ...manifest, layouts: layouts.digest };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

/** Name of the folder of a split: other options, other name. */
export function roomsFolderName(split: RoomsSplit): string {
  const hash = createHash('sha256').update(manifestOf(split)).digest('hex').slice(0, 12);
  return `${split.split}-${hash}`;
}

/** Ids are whole numbers, even for training and odd for testing, so that no two splits share one. */
const problemId = (split: Split, index: number): number => 2 * index + (split === 'test' ? 1 : 0);

/** The lines that an asked room adds to the files. */
class Lines {
  readonly records: SpacerRecord[] = [];
  readonly maps: SpacerMap[] = [];
  readonly demonstrations: SpacerDemonstration[] = [];
  readonly sceneMaps: SpacerSceneMap[] = [];

  add({ split, mapFormat }: RoomsSplit, videoId: string, { scene, questions }: AskedRoom): void {
    const sceneMap = mapFormat && sceneMapOf(scene, mapFormat);
    if (sceneMap) this.sceneMaps.push({ video_id: videoId, scene_map: sceneMap });
    const map = cognitiveMapOf(scene);
    this.maps.push({ video_id: videoId, cognitive_map: map, object_list: Object.keys(map) });
    for (const question of questions) {
      const id = problemId(split, this.records.length);
      this.records.push({
        problem_id: id,
        problem: question.problem,
        options: question.options,
        problem_type: question.problemType,
        solution: question.solution,
        data_type: 'video',
        path: `videos/${videoId}.mp4`,
        data_source: SPATIAL_SOURCE,
      });
      this.demonstrations.push({
        problem_id: id,
        question_kind: question.kind,
        demonstration: sceneMap ? drawnInstead(sceneMap, question) : question.demonstration,
      });
    }
  }
}

/** A demonstration of map and answer alone: the worked steps would read SpaceR's map. */
function drawnInstead(map: SceneMap, { options, answer, solution }: AskedQuestion): string {
  const option = options.find((text) => text.startsWith(`${answer}.`));
  const choice = option === undefined ? '' : ` ${option}`;
  return `<think><map>${formatSceneMap(map)}</map>${choice}</think>${solution}`;
}

async function writeVideo(file: string, { scene }: AskedRoom, split: RoomsSplit): Promise<void> {
  const { framesPerSecond, seconds, height, width } = split;
  const film = renderRoom(scene, { frames: Math.round(framesPerSecond * seconds), height, width });
  await writeFile(file, await encodeFilm(film, framesPerSecond));
}

async function fill(folder: string, split: RoomsSplit, logger: Logger): Promise<void> {
  await mkdir(join(folder, 'videos'), { recursive: true });
  const lines = new Lines();
  const encoding = new Set<Promise<void>>();
  try {
    const { layouts } = split;
    const rooms =
      layouts === undefined
        ? roomSeries(split)
        : (await askLayouts(layouts.files, split, logger)).rooms;
    const total = Array.isArray(rooms) ? rooms.length : split.scenes;
    for (const asked of rooms) {
      const videoId = `${split.split}-${String(asked.index).padStart(5, '0')}`;
      lines.add(split, videoId, asked);
      if (split.unfilmed) continue;
      const file = join(folder, 'videos', `${videoId}.mp4`);
      const writing = writeVideo(file, asked, split).then(() => void encoding.delete(writing));
      encoding.add(writing);
      if (encoding.size >= ENCODING_AT_ONCE) await Promise.race(encoding);
      logger.progress?.(`filming ${split.split} rooms`, asked.index + 1, total);
      if (logger.progress === undefined && (asked.index + 1) % 100 === 0) {
        logger.info(`rooms: filmed ${asked.index + 1} of ${total} ${split.split} rooms`);
      }
    }
    await Promise.all(encoding);
  } finally {
    await Promise.allSettled(encoding);
  }
  await writeSpacerFolder(folder, lines);
  await writeFile(join(folder, MANIFEST), manifestOf(split));
}

/** Removes the leftovers of killed processes. Only the holder of the lock may call it. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.unfinished`)) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/**
 * Makes sure that the folder of a split exists, and generates it on first use. One process makes it while others wait.
 * @param parent Absolute; the split's folder is made in it.
 * @returns The split's folder.
 * @throws LociError `rooms-not-written` when it cannot be written; nothing is left behind then.
 */
export async function ensureRooms(
  parent: string,
  split: RoomsSplit,
  logger: Logger,
): Promise<string> {
  const folder = join(parent, roomsFolderName(split));
  const isMade = (): boolean => existsSync(join(folder, MANIFEST));
  const lock = await turnToMake(folder, isMade, 'rooms', logger);
  if (lock === undefined) return folder;
  const unfinished = `${folder}.unfinished`;
  const started = performance.now();
  const what = split.layouts === undefined ? `${split.scenes} ${split.split} rooms` : 'real rooms';
  logger.info(`rooms: generating ${what} into ${folder}`);
  try {
    await removeUnfinished(folder);
    // Another process may have made it before this one got the lock.
    if (isMade()) return folder;
    await fill(unfinished, split, logger);
    lock.assertHeld();
    await rename(unfinished, folder);
  } catch (error) {
    if (LociError.is(error)) throw error;
    throw new LociError(
      'rooms-not-written',
      `The rooms could not be written to ${folder}: ${messageOf(error)}. Check the free space and the permissions of the folder.`,
      { cause: error },
    );
  } finally {
    if (existsSync(unfinished)) await rm(unfinished, { recursive: true, force: true });
    lock.release();
  }
  const elapsed = ((performance.now() - started) / 1000).toFixed(1);
  logger.info(`rooms: ${what} in ${elapsed} s`);
  return folder;
}
