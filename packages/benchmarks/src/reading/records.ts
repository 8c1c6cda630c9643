/** Parses rows and lines of files as records. Errors name file, row and field. */
import { readFile } from 'node:fs/promises';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';
import { parquetRows } from './parquet.ts';
import type { Fields } from './parquet.ts';

/** A text, or a number in its place: ids are either, depending on the author of the file. */
export const textLike = z
  .union([z.string(), z.number(), z.bigint()])
  .transform((value) => String(value));

/** A number in a field of any width, or as a text. */
export const numberLike = z
  .union([z.number(), z.bigint(), z.string().regex(/^\s*-?\d+(?:\.\d+)?\s*$/u)])
  .transform(Number);

/** A text that may be absent or null. */
export const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

/** A list of texts, absent and null as the empty list. */
export const textList = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

/**
 * The records of a parquet file.
 *
 * @throws LociError `benchmark-record` for the first row that does not fit the schema.
 */
export async function* parquetRecords<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  columns?: readonly string[],
): AsyncIterable<z.output<Schema>> {
  let row = 0;
  for await (const fields of parquetRows(path, columns)) {
    yield parseRecord(fields, schema, `${path}, row ${++row}`);
  }
}

/** The records of several files of either kind, parquet or one JSON object a line, one file after the other. */
export async function* recordsOf<Schema extends z.ZodType>(
  paths: readonly string[],
  schema: Schema,
): AsyncIterable<z.output<Schema>> {
  for (const path of paths) {
    if (path.endsWith('.parquet')) yield* parquetRecords(path, schema);
    else yield* lineRecords(path, schema);
  }
}

async function* lineRecords<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): AsyncIterable<z.output<Schema>> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `${path}, line ${index + 1}`;
    yield parseRecord(parseJson(line, where), schema, where);
  }
}

/**
 * The value of a JSON file.
 *
 * @throws LociError `benchmark-file` when it is not JSON, `benchmark-record` with the field when it has another form.
 */
export async function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  return parseRecord(parseJson(await readFile(path, 'utf8'), path), schema, path);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LociError('benchmark-file', `${where}: not JSON (${messageOf(error)})`, {
      cause: error,
    });
  }
}

function parseRecord<Schema extends z.ZodType>(
  fields: unknown,
  schema: Schema,
  where: string,
): z.output<Schema> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `"${path.join('.')}": ${message}`);
  const names = isFields(fields) ? Object.keys(fields).join(', ') : '';
  throw new LociError(
    'benchmark-record',
    `${where}: ${faults.join('; ')}${names === '' ? '' : `. Its fields are: ${names}`}`,
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
