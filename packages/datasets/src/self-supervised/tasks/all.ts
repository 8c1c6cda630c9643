/** The table of tasks. */
import type { Task } from '../task.ts';
import { cutout } from './cutout.ts';
import { frameOrder } from './frame-order.ts';
import { missingFrame } from './missing-frame.ts';
import { backwardClip, mirroredClip } from './odd-clip.ts';
import { samePlace } from './same-place.ts';

/** Every task by the name that options and reports use. */
export const TASKS = {
  'frame-order': frameOrder,
  'mirrored-clip': mirroredClip,
  'backward-clip': backwardClip,
  cutout,
  'missing-frame': missingFrame,
  'same-place': samePlace,
} as const satisfies Readonly<Record<string, Task>>;

/** Name of a task. */
export type TaskName = keyof typeof TASKS;

/** Names in the order of the table. */
export const TASK_NAMES = Object.keys(TASKS) as [TaskName, ...TaskName[]];
