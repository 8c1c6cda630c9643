/**
 * Writes a folder with the form and the proportions of SpaceR-151k from a few filmed rooms: three fifths spatial questions with maps, the
 * rest general ones about images and videos, of all five problem types. Each film has many linked names.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  encodeFilm,
  renderRoom,
  roomSeries,
  SPACER_FILES,
  type AskedRoom,
  type SpacerMap,
  type SpacerRecord,
} from '@loci/datasets';
import { sharp } from '@loci/media/sharp';

/** Size of a folder. */
export interface RehearsalSize {
  readonly records: number;
  /** Names of videos with spatial questions. */
  readonly videos: number;
  /** Filmed rooms, which the videos share. */
  readonly rooms: number;
}

/** Records of SpaceR-151k. */
export const SPACER_RECORDS = 151_310;

const FILM = { frames: 8, height: 56, width: 84 } as const;
const FRAMES_PER_SECOND = 4;

/** Kinds of every five records of SpaceR-151k: three spatial ones, one image, one video. */
const PARTS = ['spatial', 'spatial', 'spatial', 'image', 'video'] as const;

type GeneralQuestion = Pick<SpacerRecord, 'problem' | 'options' | 'problem_type' | 'solution'>;

const GENERAL: readonly GeneralQuestion[] = [
  {
    problem: 'What is shown?',
    options: ['A. A street', 'B. A room', 'C. A forest', 'D. A lake'],
    problem_type: 'multiple choice',
    solution: '<answer>B</answer>',
  },
  {
    problem: 'How many walls can be seen?',
    options: [],
    problem_type: 'numerical',
    solution: '<answer>3</answer>',
  },
  {
    problem: 'What is written on the sign?',
    options: [],
    problem_type: 'OCR',
    solution: '<answer>no sign</answer>',
  },
  {
    problem: 'Describe what is shown.',
    options: [],
    problem_type: 'free-form',
    solution: '<answer>A room with some furniture</answer>',
  },
  {
    problem: 'How bright is it, from 0 to 1?',
    options: [],
    problem_type: 'regression',
    solution: '<answer>0.6</answer>',
  },
];

const spatialVideo = (index: number): string => `scene${String(index).padStart(5, '0')}_00`;

/** The record with a number. Every question of a room occurs with each name of the room's film. */
function recordOf(id: number, rooms: readonly AskedRoom[], videos: number): SpacerRecord {
  const turn = Math.floor(id / PARTS.length);
  const part = PARTS[id % PARTS.length]!;
  if (part !== 'spatial') {
    const path = part === 'image' ? 'images/general.png' : 'videos/general/walk.mp4';
    return {
      problem_id: id,
      ...GENERAL[turn % GENERAL.length]!,
      data_type: part,
      path,
      data_source: `general-${part}`,
    };
  }
  const video = (3 * turn + (id % PARTS.length)) % videos;
  const { questions } = rooms[video % rooms.length]!;
  const { problem, options, problemType, solution } = questions[turn % questions.length]!;
  return {
    problem_id: id,
    problem,
    options,
    problem_type: problemType,
    solution,
    data_type: 'video',
    path: `videos/spatial/${spatialVideo(video)}.mp4`,
    data_source: 'SR_dataset',
  };
}

async function writeLines(file: string, lines: Iterable<unknown>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  for (const line of lines) {
    if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

async function writeMedia(
  folder: string,
  rooms: readonly AskedRoom[],
  videos: number,
): Promise<void> {
  const spatial = join(folder, 'videos/spatial');
  await mkdir(spatial, { recursive: true });
  await mkdir(join(folder, 'videos/general'));
  await mkdir(join(folder, 'images'));
  const nameOf = (index: number): string => join(spatial, `${spatialVideo(index)}.mp4`);
  for (const [index, { scene }] of rooms.entries()) {
    await writeFile(nameOf(index), await encodeFilm(renderRoom(scene, FILM), FRAMES_PER_SECOND));
  }
  for (let index = rooms.length; index < videos; index++) {
    await link(nameOf(index % rooms.length), nameOf(index));
  }
  await link(nameOf(0), join(folder, 'videos/general/walk.mp4'));
  const { width, height } = FILM;
  const image = { width, height, channels: 3, background: '#8a6' } as const;
  await sharp({ create: image }).png().toFile(join(folder, 'images/general.png'));
}

/** Writes the folder, which must not exist yet, one record at a time. */
export async function writeRehearsalFolder(
  folder: string,
  { records, videos, rooms: filmed }: RehearsalSize,
): Promise<void> {
  const series = { seed: 1, split: 'train', questionsPerScene: 5 } as const;
  const rooms = [...roomSeries({ ...series, scenes: Math.min(filmed, videos) })];
  await writeMedia(folder, rooms, videos);
  const maps = Array.from({ length: videos }, (_, index): SpacerMap => {
    const map = rooms[index % rooms.length]!.questions[0]!.map;
    return {
      video_id: spatialVideo(index),
      cognitive_map: map,
      object_list: Object.keys(map),
    };
  });
  await writeLines(join(folder, SPACER_FILES.maps), maps);
  const lines = (function* (): Generator<SpacerRecord> {
    for (let id = 0; id < records; id++) yield recordOf(id, rooms, videos);
  })();
  await writeLines(join(folder, SPACER_FILES.records), lines);
}
