/** How one of several pieces of work ended, which are done one after the other: a run of a grid, or a piece of an experiment. */
import { LociError } from '@loci/core';
import type { RunOutcome } from '@loci/core';
import { z } from 'zod';

/** As it is stored. */
export const endingSchema = z.union([
  z.object({ reason: z.string(), step: z.number(), why: z.string().optional() }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);

/** As a run says, or by an error. */
export type CellEnding = z.output<typeof endingSchema>;

/** Errors after which no other piece could do better. */
const ENDS_ALL: readonly string[] = ['disk-full', 'not-writable', 'folder-lost'];

/**
 * Does a piece of work, and takes an error of its own as its ending.
 *
 * @throws what no other piece could do better with, and what is no error of ours.
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

/** Whether there is nothing left to do: what was stopped, or failed, is tried again. */
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
