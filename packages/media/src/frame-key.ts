/** Computes the key of decoded frames from everything that they depend on. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FrameSelection, MediaReference } from '@loci/core';
import type { FrameRate } from './frame-sampling.ts';
import type { PixelLimits } from './frame-settings.ts';
import { mediaUnreadable } from './unreadable-reason.ts';

/** Increases with every change of decoding, choosing, turning or scaling that changes pixels. */
const READER_VERSION = 2;

/**
 * The key of a medium's frames, a line of JSON: the file by path, size and time of its last change to the nanosecond; the
 * selection; the limits for scaling.
 *
 * @throws LociError `media-unreadable` when the file is missing.
 */
export async function frameKey(
  media: MediaReference,
  selection: FrameSelection | undefined,
  limits: PixelLimits & Partial<FrameRate>,
  factor: number,
): Promise<string> {
  const path = resolve(media.path);
  try {
    const { size, mtimeNs } = await stat(path, { bigint: true });
    return JSON.stringify({
      reader: READER_VERSION,
      file: [path, Number(size), String(mtimeNs)],
      kind: media.kind,
      second: media.second,
      selection: sorted(selection ?? {}),
      limits: sorted(limits),
      factor,
    });
  } catch (error) {
    throw mediaUnreadable(media.path, error);
  }
}

/** The object with its keys in order, so that equal objects give equal lines. */
function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
