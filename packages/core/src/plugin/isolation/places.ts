/**
 * Places in the config, across threads. Where a value of the config was written is known on the main thread only, so the
 * thread marks the place in its message, and the main thread puts the words in.
 */
import type { ConfigOrigin } from '../../config/config-origin.ts';

const MARK = '\u0001';

/** Stands in a message for the place of a key path. */
export function markedPlace(path: readonly PropertyKey[]): string {
  return `${MARK}${JSON.stringify(path)}${MARK}`;
}

/** The message with the places that its marks stand for. */
export function withPlaces(message: string, origin: ConfigOrigin): string {
  return message
    .split(MARK)
    .map((piece, index) =>
      index % 2 === 0 ? piece : origin.describe(JSON.parse(piece) as readonly PropertyKey[]),
    )
    .join('');
}
