/** All drills, in the order in which they run. */
import type { Drill } from './base/drill.ts';
import { fullDisk } from './full-disk.ts';
import { hostileRequests } from './hostile-requests.ts';
import { killEvaluation } from './kill-evaluation.ts';
import { killTraining } from './kill-training.ts';
import { servers } from './servers.ts';
import { signals } from './signals.ts';
import { twoWriters } from './two-writers.ts';

/** See the head of this file. */
export const DRILLS: readonly Drill[] = [
  killTraining,
  killEvaluation,
  signals,
  servers,
  hostileRequests,
  fullDisk,
  twoWriters,
];
