/**
 * Lets one writer at a time into a blob. Processes of Loci exclude each other by a lock file with a heartbeat, also across machines. Python's
 * library locks with `flock`, which Node.js lacks: the program of that name takes this lock where it is installed.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { FolderLock, LociError } from '@loci/core';
import type { Logger } from '@loci/core';

/** The right to write a blob. */
export interface BlobLock {
  release(): Promise<void>;
}

const LOOK_AGAIN_MS = 500;
const REPORT_AFTER_MS = 2_000;
const HOLDS = 'held';

/**
 * Waits until nobody else writes the blob.
 *
 * @param lockFile the one that Python's library locks.
 * @throws LociError `not-writable`.
 */
export async function lockBlob(
  lockFile: string,
  logger: Pick<Logger, 'info'>,
  signal?: AbortSignal,
): Promise<BlobLock> {
  mkdirSync(dirname(lockFile), { recursive: true });
  const own = await ownLock(lockFile, logger, signal);
  try {
    const shared = await flocked(lockFile, logger, signal);
    return {
      release: async () => {
        await shared?.();
        own.release();
      },
    };
  } catch (thrown) {
    own.release();
    throw thrown;
  }
}

async function ownLock(
  lockFile: string,
  logger: Pick<Logger, 'info'>,
  signal?: AbortSignal,
): Promise<FolderLock> {
  for (let isReported = false; ;) {
    signal?.throwIfAborted();
    try {
      return FolderLock.take(lockFile, { beside: true });
    } catch (thrown) {
      if (!LociError.is(thrown) || thrown.code !== 'folder-in-use') throw thrown;
      if (!isReported) {
        logger.info(
          `another process (${String(thrown.details['process'])}) downloads the same file: waiting for it`,
        );
      }
      isReported = true;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Takes the lock of Python's library and returns its release; undefined where no program can take it. The lock ends with this process at the latest. */
function flocked(
  lockFile: string,
  logger: Pick<Logger, 'info'>,
  signal?: AbortSignal,
): Promise<(() => Promise<void>) | undefined> {
  if (process.platform === 'win32') return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const child = spawn('flock', [lockFile, 'sh', '-c', `echo ${HOLDS}; exec cat`], {
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(signal && { signal }),
    });
    const ended = new Promise<void>((done) => child.once('close', () => done()));
    const waiting = setTimeout(() => {
      logger.info(
        'another program, such as one in Python, downloads the same file: waiting for it',
      );
    }, REPORT_AFTER_MS);
    void ended.then(() => clearTimeout(waiting));
    child.once('error', () => {
      clearTimeout(waiting);
      if (signal?.aborted === true) reject(signal.reason as Error);
      else resolve(undefined); // There is no such program.
    });
    // On a file system without such locks the program ends without any output.
    void ended.then(() => resolve(undefined));
    child.stdin.on('error', () => undefined);
    child.stdout.once('data', () => {
      clearTimeout(waiting);
      resolve(async () => {
        child.stdin.end();
        await ended;
      });
    });
  });
}
