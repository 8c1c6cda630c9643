import { join } from 'node:path';
import { placeVideo } from './fixture-files.ts';
import type { FixtureMedia } from './fixture-files.ts';
import { writeTable } from './write-table.ts';

const LETTERS = ['A. left', 'B. right', 'C. back'];

/** Question type, question, options, answer: one item of each type and a second of some. */
const ITEMS: readonly (readonly [string, string, readonly string[] | null, string])[] = [
  ['object_counting', 'How many chair(s) are in this room?', null, '4'],
  [
    'object_abs_distance',
    'What is the distance between the bed and the tv (in meters)?',
    null,
    '2.4',
  ],
  ['object_size_estimation', 'What is the length of the table, in centimeters?', null, '120'],
  ['room_size_estimation', 'What is the size of this room (in square meters)?', null, '23.5'],
  ['object_rel_distance', 'Which of these objects is the closest to the sofa?', LETTERS, 'A'],
  ['object_rel_direction_easy', 'Is the door to the left or the right of the bed?', LETTERS, 'B'],
  ['object_rel_direction_medium', 'Is the lamp to the left, right or back?', LETTERS, 'C'],
  ['object_rel_direction_hard', 'Is the lamp front-left, front-right or back?', LETTERS, 'A'],
  ['route_planning', 'Which turn takes you to the window?', LETTERS, 'B'],
  ['obj_appearance_order', 'In which order do these appear?', LETTERS, 'C'],
  ['object_counting', 'How many lamp(s) are in this room?', null, '2'],
];

const SCENES: readonly (readonly [dataset: string, scene: string])[] = [
  ['arkitscenes', '41069025'],
  ['scannet', 'scene0011_00'],
  ['scannetpp', '09c1414f1b'],
];

/**
 * Writes VSI-Bench in small: the questions as one parquet file, and the videos of the three unpacked archives. The column
 * `pruned` stands for the pruning column of the full configuration.
 */
export function writeVsiFolder(folder: string, media: FixtureMedia): void {
  const scene = (index: number) => SCENES[index % SCENES.length]!;
  writeTable(join(folder, 'test-00000-of-00001.parquet'), {
    id: { feature: 'int64', values: ITEMS.map((_, index) => BigInt(index)) },
    dataset: { feature: 'string', values: ITEMS.map((_, index) => scene(index)[0]) },
    scene_name: { feature: 'string', values: ITEMS.map((_, index) => scene(index)[1]) },
    question_type: { feature: 'string', values: ITEMS.map(([type]) => type) },
    question: { feature: 'string', values: ITEMS.map(([, question]) => question) },
    ground_truth: { feature: 'string', values: ITEMS.map(([, , , answer]) => answer) },
    options: { feature: 'strings', values: ITEMS.map(([, , options]) => options) },
    pruned: { feature: 'bool', values: ITEMS.map((_, index) => index === 10) },
  });
  for (const [dataset, name] of SCENES) placeVideo(media, folder, `${dataset}/${name}.mp4`);
}
