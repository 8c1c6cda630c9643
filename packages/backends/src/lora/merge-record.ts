/** Records the adapters in a merged model. The weights do not show them, so removing one twice would go unnoticed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { LociError, writeFileAtomically } from '@loci/core';
import { z } from 'zod';
import { readModelJson } from '../files/model-file.ts';

/** Name of the file in a model folder. */
const MERGE_RECORD_FILE = 'merged_adapters.json';

const schema = z.object({
  adapters: z.array(z.object({ sha256: z.string(), folder: z.string() })),
});

/** An adapter by the digest of its factors, and its folder. */
export type MergedAdapter = z.output<typeof schema>['adapters'][number];

/** The digest of a file with factors, in hexadecimal. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * The adapters in a model by the record in its folder; undefined without a record.
 *
 * @throws LociError `model-file` when the file is of another form.
 */
export async function readMergeRecord(
  folder: string,
): Promise<readonly MergedAdapter[] | undefined> {
  const file = join(folder, MERGE_RECORD_FILE);
  const json = await readModelJson(file);
  if (json === undefined) return undefined;
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data.adapters;
  throw new LociError('model-file', `${file}: ${z.prettifyError(parsed.error)}`);
}

/** Writes the record into a model folder. */
export async function writeMergeRecord(
  folder: string,
  adapters: readonly MergedAdapter[],
): Promise<void> {
  const text = `${JSON.stringify({ adapters }, null, 2)}\n`;
  await writeFileAtomically(join(folder, MERGE_RECORD_FILE), [new TextEncoder().encode(text)]);
}

/**
 * The record of a model after merging or removing an adapter.
 *
 * @param record undefined where it is unknown, as for models that were merged elsewhere.
 * @throws LociError `bad-merge` when the adapter to merge is in already, or the one to remove is not.
 */
export function nextRecord(
  model: string,
  record: readonly MergedAdapter[] | undefined,
  adapter: MergedAdapter,
  undo: boolean,
): readonly MergedAdapter[] {
  const known = record ?? [];
  const others = known.filter(({ sha256 }) => sha256 !== adapter.sha256);
  const isIn = others.length < known.length;
  if (!undo && isIn) {
    throw new LociError(
      'bad-merge',
      `${adapter.folder} is already merged into ${model} (${MERGE_RECORD_FILE}): merging it again would double it`,
    );
  }
  if (undo && record !== undefined && !isIn) {
    throw new LociError(
      'bad-merge',
      `${adapter.folder} is not merged into ${model} (${MERGE_RECORD_FILE}): removing it would leave weights that nobody trained`,
    );
  }
  return undo ? others : [...known, adapter];
}
