/** A server that ends with the process that started it, until that one lets it go: killed at any moment, it leaves no server that nobody knows of. */
import type { Readable } from 'node:stream';

/** What the starter writes to the server's standard input to let it go on alone. */
export const RELEASE = 'released\n';

/**
 * Waits for the end of what the starter writes; a starter that dies ends it as well.
 *
 * @param onLost called when it ends without the word.
 */
export function endUnlessReleased(fromStarter: Readable, onLost: () => void): void {
  let said = '';
  fromStarter.setEncoding('utf8');
  fromStarter.on('data', (piece: string) => (said += piece));
  // A pipe whose other side is gone may end or break.
  fromStarter.on('error', () => fromStarter.destroy());
  fromStarter.once('close', () => {
    if (said !== RELEASE) onLost();
  });
}
