/** Records how a run of a grid or a piece of an experiment ended. */
import { LociError } from '@loci/core';
import type { RunOutcome } from '@loci/core';
import { z } from 'zod';

/** Schema of a stored ending. */
export const endingSchema = z.union([
  z.object({ reason: z.string(), step: z.number(), why: z.string().optional() }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);

/** An ending: the outcome of a run, or an error. */
export type CellEnding = z.output<typeof endingSchema>;

/** Errors that would affect every further piece. */
const ENDS_ALL: readonly string[] = ['disk-full', 'not-writable', 'folder-lost'];

/**
 * Does a piece of work, and records its error as its ending.
 *
 * @throws Error that would affect every further piece, or that is not a LociError.
 */
export async function endingOf(work: () => Promise<RunOutcome>): Promise<CellEnding> {
  try {
    const { reason, step, why } = await work();
    return { reason, step, ...(why !== undefined && { why }) };
  } catch (thrown) {
    if (!LociError.is(thrown) || ENDS_ALL.includes(thrown.code)) throw thrown;
    return { error: { code: thrown.code, message: thrown.message } };
  }
}

/** Whether an ending is final: stopped and failed work is tried again. */
export function isFinal(ended: CellEnding | undefined): boolean {
  if (ended === undefined || !('reason' in ended)) return false;
  return ended.reason !== 'stopped' && ended.reason !== 'left';
}

/** An ending in a few words. */
export function endingText(ending: CellEnding | undefined): string {
  if (ending === undefined) return 'not begun';
  return 'error' in ending
    ? `failed: ${ending.error.code}`
    : `${ending.reason} after step ${ending.step}`;
}
