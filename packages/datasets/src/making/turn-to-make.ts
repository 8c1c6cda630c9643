/** Folders that are generated on first use: one process makes one, others that want it wait. */
import { setTimeout as delay } from 'node:timers/promises';
import { FolderLock, LociError } from '@loci/core';
import type { Logger } from '@loci/core';

/** Between two looks whether another process is done. */
const LOOK_MS = 500;

/**
 * The right to make a folder, as soon as no other process is making it; undefined when one has made it meanwhile.
 *
 * @param isMade Whether the folder is there.
 * @param name Of the generator, before a message that another process is waited for.
 */
export async function turnToMake(
  folder: string,
  isMade: () => boolean,
  name: string,
  logger: Logger,
): Promise<FolderLock | undefined> {
  for (let told = false; ; told = true) {
    if (isMade()) return undefined;
    try {
      return FolderLock.take(folder, { beside: true });
    } catch (thrown) {
      if (!(LociError.is(thrown) && thrown.code === 'folder-in-use')) throw thrown;
      if (!told) logger.info(`${name}: waiting for another process. ${thrown.message}`);
      await delay(LOOK_MS);
    }
  }
}
