/** Lets one process generate a folder on first use, while the others wait. */
import { setTimeout as delay } from 'node:timers/promises';
import { FolderLock, LociError } from '@loci/core';
import type { Logger } from '@loci/core';

/** Time between two checks whether another process is done. */
const LOOK_MS = 500;

/**
 * Waits for the lock of a folder that has to be made. Resolves to undefined when another process has made the folder meanwhile.
 *
 * @param isMade Whether the folder is complete.
 * @param name Of the generator, for the message that it waits.
 */
export async function turnToMake(
  folder: string,
  isMade: () => boolean,
  name: string,
  logger: Logger,
): Promise<FolderLock | undefined> {
  for (let isReported = false; ; isReported = true) {
    if (isMade()) return undefined;
    try {
      return FolderLock.take(folder, { beside: true });
    } catch (thrown) {
      if (!(LociError.is(thrown) && thrown.code === 'folder-in-use')) throw thrown;
      if (!isReported) logger.info(`${name}: waiting for another process. ${thrown.message}`);
      await delay(LOOK_MS);
    }
  }
}
