/** Reads the rows of parquet files from the hub. The first file loads the libraries. */
import { open } from 'node:fs/promises';
import { LociError, messageOf } from '@loci/core';
import type { FileMetaData } from 'hyparquet';

/** A row of a file, field by field. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * The rows of a file, one row group in memory at a time. Texts are texts, binary fields `Uint8Array`, whole numbers of 64 bits
 * `bigint`, lists arrays, groups of fields objects.
 *
 * @param columns read; all when absent.
 * @throws LociError `benchmark-file` when the file is not a parquet file or is cut short.
 */
export async function* parquetRows(
  path: string,
  columns?: readonly string[],
): AsyncIterable<Fields> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] =
    await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    let rowStart = 0;
    for (const { num_rows: count } of metadata.row_groups) {
      const rowEnd = rowStart + Number(count);
      yield* await parquetReadObjects({
        file,
        metadata,
        compressors,
        utf8: false,
        rowStart,
        rowEnd,
        ...(columns && { columns: [...columns] }),
      });
      rowStart = rowEnd;
    }
  } catch (error) {
    if (LociError.is(error)) throw error;
    throw await unreadable(path, error);
  }
}

const POINTER = 'version https://git-lfs';

/** Explains the frequent case that a file is not a parquet file at all, which the parser's message does not. */
async function unreadable(path: string, cause: unknown): Promise<LociError> {
  const start = await startOf(path).catch(() => undefined);
  const why =
    start === ''
      ? 'it is empty'
      : start === POINTER
        ? 'it is a pointer of Git LFS, not the file (git lfs pull gets it)'
        : `${messageOf(cause)}. It is not a parquet file, or was not downloaded completely`;
  return new LociError('benchmark-file', `${path} cannot be read: ${why}`, { cause });
}

async function startOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(POINTER.length);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}

/** The names of a file's top-level fields. */
export async function parquetFields(path: string): Promise<readonly string[]> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  try {
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    return topLevel(metadata);
  } catch (error) {
    throw await unreadable(path, error);
  }
}

/** The schema lists a tree in preorder; the root's children are its fields. */
function topLevel({ schema }: FileMetaData): readonly string[] {
  const names: string[] = [];
  let at = 1;
  for (let child = 0; child < (schema[0]?.num_children ?? 0); child++) {
    names.push(schema[at]!.name);
    for (let open = 1; open > 0; at++) open += (schema[at]?.num_children ?? 0) - 1;
  }
  return names;
}
