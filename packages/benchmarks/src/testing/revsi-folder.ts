import { join } from 'node:path';
import { placeVideo } from './fixture-files.ts';
import type { FixtureMedia } from './fixture-files.ts';
import { writeTable } from './write-table.ts';

const LETTERS = ['A. chair', 'B. table', 'C. lamp', 'D. sofa'];

/** Question type, options, answer: one item of each type. */
const ITEMS: readonly (readonly [
  type: string,
  options: readonly string[] | null,
  answer: string,
])[] = [
  ['object_counting_single', null, '4'],
  ['object_counting_multiple', null, '7'],
  ['object_abs_distance', null, '2.4'],
  ['object_size_estimation', null, '120'],
  ['room_size_estimation_single', null, '23.5'],
  ['room_size_estimation_multiple', null, '61.2'],
  ['object_rel_direction_forward_easy', LETTERS.slice(0, 2), 'A'],
  ['object_rel_direction_backward_easy', LETTERS.slice(0, 2), 'B'],
  ['object_rel_direction_forward_hard', LETTERS, 'C'],
  ['object_rel_direction_backward_hard', LETTERS, 'D'],
  ['object_rel_distance_closest', LETTERS, 'A'],
  ['object_rel_distance_farthest', LETTERS, 'B'],
  ['route_planning', LETTERS, 'C'],
];

const SCENES = ['41069025', 'scene0011_00', '09c1414f1b'];

/** Writes ReVSI in small: one subset as a parquet file beside the videos of the unpacked archive. */
export function writeRevsiFolder(folder: string, media: FixtureMedia, subset = 'all_frame'): void {
  const [frames = ''] = subset.split('_');
  const scene = (index: number) => SCENES[index % SCENES.length]!;
  writeTable(join(folder, subset, 'test-00000-of-00001.parquet'), {
    id: { feature: 'int64', values: ITEMS.map((_, index) => BigInt(index)) },
    scene_id: { feature: 'string', values: ITEMS.map((_, index) => scene(index)) },
    question_type: { feature: 'string', values: ITEMS.map(([type]) => type) },
    question: { feature: 'string', values: ITEMS.map(([type]) => `${type}: what is it?`) },
    options: { feature: 'strings', values: ITEMS.map(([, options]) => options) },
    ground_truth: { feature: 'string', values: ITEMS.map(([, , answer]) => answer) },
    num_frames: { feature: 'string', values: ITEMS.map(() => frames) },
  });
  for (const name of SCENES) placeVideo(media, folder, `${subset}/${name}.mp4`);
}
