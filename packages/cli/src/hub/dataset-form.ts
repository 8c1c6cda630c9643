/** Chooses the plugin that reads a dataset of the hub, by the names of its files. */
import { LociError } from '@loci/core';
import { RECORDS_FILE } from '@loci/datasets';
import type { HubReference } from '@loci/hub';

/** The file that a folder in SpaceR-151k form has. */
export const SPACER_FILE = 'SpaceR-151k.jsonl';

/**
 * The options that read it: as records (docs/data.md), or as a folder in SpaceR-151k form.
 *
 * @param files Paths of the repository.
 * @param format writes a reference.
 * @returns undefined for another form.
 * @example formOf(reference, files, format) // { use: 'jsonl', file: 'hub:datasets/o/d@main/questions.jsonl' }
 */
export function formOf(
  reference: HubReference,
  files: readonly string[],
  format: (reference: HubReference) => string,
): Readonly<Record<string, string>> | undefined {
  const { path } = reference;
  if (path.endsWith('.jsonl')) return { use: 'jsonl', file: format(reference) };
  if (files.includes(inside(path, RECORDS_FILE))) {
    return { use: 'jsonl', file: format({ ...reference, path: inside(path, RECORDS_FILE) }) };
  }
  const isSpacer = files.includes(inside(path, SPACER_FILE));
  return isSpacer ? { use: 'spacer-151k', folder: format(reference) } : undefined;
}

/** The error `dataset-form` for another form, with the remedy. @param folder of the unpacked archives, if there are any. */
export function unknownForm(
  { path, name }: HubReference,
  files: readonly string[],
  folder?: string,
): LociError {
  const records = files.find((file) => file.endsWith('.jsonl'));
  const table = files.find((file) => file.endsWith('.parquet'));
  const advice =
    folder !== undefined
      ? `its archives are unpacked in ${folder}: name the folder inside that has one, by dataset={use: spacer-151k, folder: …}`
      : records !== undefined
        ? `name a file in the form of docs/data.md, such as hub:${name}/${records}; or convert it: cli:convert -- --from … hub:${name}/${records}`
        : table !== undefined
          ? `convert it first: cli:convert -- --from parquet hub:${name}/${table} --out FOLDER`
          : 'convert its files with cli:convert';
  return new LociError(
    'dataset-form',
    `${name} has neither ${inside(path, RECORDS_FILE)} nor ${inside(path, SPACER_FILE)}: ${advice}`,
  );
}

function inside(folder: string, file: string): string {
  return folder === '' ? file : `${folder}/${file}`;
}
