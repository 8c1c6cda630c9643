/** Which plugin reads a data set of the hub, by the names of its files. */
import { LociError } from '@loci/core';
import { RECORDS_FILE } from '@loci/datasets';
import type { HubReference, RepositoryFile } from '@loci/hub';

/** The file that a folder in SpaceR-151k form has. */
const SPACER_FILE = 'SpaceR-151k.jsonl';

/**
 * The options that read it: records in the documented form, or a folder in SpaceR-151k form.
 *
 * @param format writes a reference.
 * @throws LociError `dataset-form` for another form, with what to do.
 * @example formOf(reference, files, format) // { use: 'jsonl', file: 'hub:datasets/o/d@main/questions.jsonl' }
 */
export function formOf(
  reference: HubReference,
  files: readonly RepositoryFile[],
  format: (reference: HubReference) => string,
): Readonly<Record<string, string>> {
  const { path, name } = reference;
  if (path.endsWith('.jsonl')) return { use: 'jsonl', file: format(reference) };
  const inside = (file: string): string => (path === '' ? file : `${path}/${file}`);
  const has = (file: string): boolean => files.some((one) => one.path === inside(file));
  if (has(RECORDS_FILE)) {
    return { use: 'jsonl', file: format({ ...reference, path: inside(RECORDS_FILE) }) };
  }
  if (has(SPACER_FILE)) return { use: 'spacer-151k', folder: format(reference) };
  const records = files.map((file) => file.path).filter((file) => file.endsWith('.jsonl'));
  const tables = files.map((file) => file.path).filter((file) => file.endsWith('.parquet'));
  const advice =
    records.length > 0
      ? `name the file where it is in the form of docs/data.md, such as hub:${name}/${records[0]!}; else convert it: cli:convert -- --from … hub:${name}/${records[0]!}`
      : tables.length > 0
        ? `convert it first: cli:convert -- --from parquet hub:${name}/${tables[0]!} --out FOLDER`
        : 'cli:convert makes records of other forms';
  throw new LociError(
    'dataset-form',
    `${name} has neither ${inside(RECORDS_FILE)} nor ${inside(SPACER_FILE)}: ${advice}`,
  );
}
