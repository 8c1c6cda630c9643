import { join } from 'node:path';
import { placeVideo } from './fixture-files.ts';
import type { FixtureMedia } from './fixture-files.ts';
import { writeTable } from './write-table.ts';

const TASKS = [
  'Dimensional Measurement',
  'Spatial Relation',
  '3D Video Grounding',
  'Displacement & Path Length',
  'Speed & Acceleration',
  'Ego-Centric Orientation',
  'Trajectory Description',
  'Pose Estimation',
];
const VIDEOS = ['scene0011_00.mp4', '000012.mp4', 'camera_0_front.mp4'];
const SOURCES = ['ScanNet', 'Omni6DPose', 'Waymo'];

/** How `Candidates` is stored; the card of the data documents no form. */
export type CandidatesForm = 'struct' | 'json';

/** Writes STI-Bench in small: `qa.parquet` with two items a task, and the unpacked `video.zip`. */
export function writeStiFolder(
  folder: string,
  media: FixtureMedia,
  form: CandidatesForm = 'struct',
): void {
  const items = TASKS.flatMap((task) => [task, task]);
  const candidates = items.map((_, index) => ({
    A: '0.5 m',
    B: '1.0 m',
    C: '1.5 m',
    D: '2.0 m',
    // A group of fields holds null where an item has no such option.
    E: index === 0 ? null : '2.5 m',
  }));
  writeTable(join(folder, 'qa.parquet'), {
    ID: { feature: 'int64', values: items.map((_, index) => BigInt(index)) },
    Video: { feature: 'string', values: items.map((_, index) => VIDEOS[index % 3]!) },
    Source: { feature: 'string', values: items.map((_, index) => SOURCES[index % 3]!) },
    Task: { feature: 'string', values: items },
    Question: { feature: 'string', values: items.map((task) => `${task}: how much?`) },
    Candidates:
      form === 'struct'
        ? { feature: 'struct', values: candidates }
        : { feature: 'string', values: candidates.map((value) => JSON.stringify(value)) },
    Answer: { feature: 'string', values: items.map((_, index) => 'ABCD'[index % 4]!) },
    time_start: { feature: 'float64', values: items.map(() => 0) },
    time_end: { feature: 'float64', values: items.map((_, index) => 1.5 + index) },
  });
  for (const video of VIDEOS) placeVideo(media, folder, `video/${video}`);
}
