/** Unpacks an archive once. The folder of its content appears whole or not at all. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '@loci/core';
import { writeError } from '@loci/core';
import { lockBlob } from '../cache/blob-lock.ts';
import { checkSpace } from '../disk-space.ts';
import { sizeText } from '../sizes.ts';
import type { ArchiveFiles } from './archive-names.ts';
import { Bounded, boundsOf } from './bounds.ts';
import type { Bounds } from './bounds.ts';
import { joinedBytes, joinedSize } from './joined-file.ts';
import { untar } from './untar.ts';
import { unzip } from './unzip.ts';

/**
 * @param archive with the paths of its files on this disk.
 * @param folder for its content; one that exists is used as it is.
 * @param bounds by default those for its size.
 * @throws LociError `archive-damaged`, `archive-path`, `archive-large`, `archive-encrypted`, `disk-full`, `not-writable`; nothing is left then.
 */
export async function unpack(
  archive: ArchiveFiles,
  folder: string,
  logger: Logger,
  bounds: Bounds = boundsOf(joinedSize(archive.parts)),
): Promise<void> {
  if (existsSync(folder)) return;
  const packed = joinedSize(archive.parts);
  await checkSpace(dirname(folder), packed);
  const lock = await lockBlob(`${folder}.lock`, logger);
  const beside = `${folder}.tmp`;
  try {
    if (existsSync(folder)) return;
    logger.info(`unpacking ${archive.path} (${sizeText(packed)})`);
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    const bounded = new Bounded(archive.path, bounds);
    const form = archive.form === 'unknown' ? await formIn(archive.parts) : archive.form;
    await (form === 'zip' ? unzip : untar)(archive.parts, beside, bounded);
    if (bounded.skipped > 0) {
      logger.warn(
        `${archive.path}: skipped ${bounded.skipped} links or devices, unpacked ${bounded.files} files`,
      );
    }
    await rename(beside, folder);
  } catch (thrown) {
    await rm(beside, { recursive: true, force: true });
    throw writeError(folder, thrown);
  } finally {
    await lock.release();
  }
}

/** Zip files begin with the letters PK; the reader of tar files detects its formats itself. */
async function formIn(parts: readonly string[]): Promise<'zip' | 'tar'> {
  let head = '';
  for await (const chunk of joinedBytes(parts, 0, 2)) head += chunk.toString('latin1');
  return head === 'PK' ? 'zip' : 'tar';
}
