/**
 * Config locations across threads. Only the main thread knows in which file a value of the config was written. So the thread marks the key
 * path in its message, and the main thread replaces the mark.
 */
import type { ConfigOrigin } from '../../config/config-origin.ts';

const MARK = '\u0001';

/** The mark of a key path in a message. */
export function markedPlace(path: readonly PropertyKey[]): string {
  return `${MARK}${JSON.stringify(path)}${MARK}`;
}

/** The message with its marks replaced by locations. */
export function withPlaces(message: string, origin: ConfigOrigin): string {
  return message
    .split(MARK)
    .map((piece, index) =>
      index % 2 === 0 ? piece : origin.describe(JSON.parse(piece) as readonly PropertyKey[]),
    )
    .join('');
}
