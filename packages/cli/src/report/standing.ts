/** Reads the state of a run from its folder: its progress, its times, and how it ended. */
import { readdirSync } from 'node:fs';
import { FolderLock, isLockFile, readHistory } from '@loci/core';
import type { RunEndReason, RunHistoryEntry } from '@loci/core';

/** The state of a run; `unknown` for a run of a release that kept no history. */
export type StandingKind = RunEndReason | 'failed' | 'running' | 'killed' | 'unknown';

/** The state of a run with its reason and its history. */
export interface Standing {
  readonly kind: StandingKind;
  /** The finding of `stopWhen`, or the error. */
  readonly why?: string;
  /** In the order in which they happened. */
  readonly history: readonly RunHistoryEntry[];
}

/** Reads the state, without contact to a process that may be training. */
export function readStanding(directory: string): Standing {
  const history = readHistory(directory);
  const last = history.at(-1);
  if (last?.event === 'end') {
    const { reason: kind, why } = last;
    return { kind, history, ...(why !== undefined && { why }) };
  }
  if (FolderLock.holderOf(directory) !== undefined) return { kind: 'running', history };
  const isKilled = last !== undefined || readdirSync(directory).some(isLockFile);
  return { kind: isKilled ? 'killed' : 'unknown', history };
}

/** `stopped after step 12 of 40`. */
export function standingText({ kind }: Standing, step: number, steps: number | undefined): string {
  const of = steps === undefined || steps === step ? '' : ` of ${steps}`;
  const place = `step ${step}${of}`;
  switch (kind) {
    case 'finished':
    case 'stopped':
    case 'failed':
    case 'killed':
      return `${kind} after ${place}`;
    case 'left':
      return `left to the cluster after ${place}`;
    case 'plateaued':
      return `ended after ${place}, as it no longer rose`;
    case 'collapsed':
      return `ended after ${place}, as it collapsed`;
    case 'running':
      return `still running, ${place} done`;
    case 'unknown':
      return place;
    default:
      return kind satisfies never;
  }
}
