/** Reads the rows of a file: lines of JSON, one JSON list, or parquet. */
import { open, readFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { LociError, messageOf } from '@loci/core';
import { NotTaken } from './not-taken.ts';

/** A row field by field. */
export type Fields = Readonly<Record<string, unknown>>;

/** A row and its place, or the reason why it cannot be read. */
export interface PlacedRow {
  /** `line 3`, `item 3`, `row 3`, counted from 1. */
  readonly place: string;
  readonly value: Fields | NotTaken;
}

/**
 * Reads the rows of a file. The name `.parquet` or the beginning of the file decides its format.
 *
 * @throws LociError `convert-file` when the file is missing or of another form.
 */
export async function* readRows(file: string): AsyncIterable<PlacedRow> {
  const start = await startOf(file);
  if (file.endsWith('.parquet') || start.startsWith('PAR1')) yield* parquetRows(file);
  else if (start.trimStart().startsWith('[')) yield* listItems(file);
  else yield* jsonLines(file);
}

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const asRow = (value: unknown): Fields | NotTaken =>
  isFields(value) ? value : new NotTaken('not a JSON object');

async function* jsonLines(file: string): AsyncIterable<PlacedRow> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Infinity,
  })) {
    number++;
    if (line.trim() === '') continue;
    let value: Fields | NotTaken;
    try {
      value = asRow(JSON.parse(number === 1 ? line.replace('\uFEFF', '') : line));
    } catch (error) {
      value = new NotTaken('not JSON', messageOf(error));
    }
    yield { place: `line ${number}`, value };
  }
}

async function* listItems(file: string): AsyncIterable<PlacedRow> {
  let list: unknown;
  try {
    list = JSON.parse((await readFile(file, 'utf8')).replace('\uFEFF', ''));
  } catch (error) {
    throw unreadable(file, `it begins as a JSON list, but is not one: ${messageOf(error)}`, error);
  }
  for (const [index, value] of (list as readonly unknown[]).entries()) {
    yield { place: `item ${index + 1}`, value: asRow(value) };
  }
}

/** One row group in memory at a time. The libraries are loaded by the first file. */
async function* parquetRows(file: string): AsyncIterable<PlacedRow> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] =
    await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  let number = 0;
  try {
    const buffer = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(buffer);
    let rowStart = 0;
    for (const { num_rows: count } of metadata.row_groups) {
      const rowEnd = rowStart + Number(count);
      const whole = { file: buffer, metadata, compressors, utf8: false, rowStart, rowEnd };
      for (const row of await parquetReadObjects(whole)) {
        number++;
        yield { place: `row ${number}`, value: asRow(row) };
      }
      rowStart = rowEnd;
    }
  } catch (error) {
    throw unreadable(
      file,
      `it is not a parquet file, or was not downloaded completely: ${messageOf(error)}`,
      error,
    );
  }
}

async function startOf(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
      const start = buffer.toString('utf8', 0, bytesRead);
      if (!start.startsWith('version https://git-lfs')) return start;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(file, messageOf(error), error);
  }
  throw unreadable(file, 'it is a pointer of Git LFS, not the file (git lfs pull gets it)');
}

function unreadable(file: string, reason: string, cause?: unknown): LociError {
  return new LociError('convert-file', `${file} cannot be converted: ${reason}`, { cause });
}
