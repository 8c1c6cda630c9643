/** What a merged model says of the adapters in it: the weights themselves do not tell, and taking one out twice would go unnoticed. */
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

/** An adapter by the digest of its factors, and where it lay. */
export type MergedAdapter = z.output<typeof schema>['adapters'][number];

/** The digest of a file with factors, in hexadecimal. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * The adapters that a model folder says are in it; undefined when it says nothing.
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

/** Writes what a model folder is to say. */
export async function writeMergeRecord(
  folder: string,
  adapters: readonly MergedAdapter[],
): Promise<void> {
  const text = `${JSON.stringify({ adapters }, null, 2)}\n`;
  await writeFileAtomically(join(folder, MERGE_RECORD_FILE), [new TextEncoder().encode(text)]);
}

/**
 * What the record of a model says after an adapter went in, or came out.
 *
 * @param record undefined where nothing is known, as of models that were merged elsewhere.
 * @throws LociError `bad-merge` when it is in already, or was never in.
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
      `${adapter.folder} is in ${model} already, says its ${MERGE_RECORD_FILE}: a second time would double it`,
    );
  }
  if (undo && record !== undefined && !isIn) {
    throw new LociError(
      'bad-merge',
      `${adapter.folder} is not in ${model}, says its ${MERGE_RECORD_FILE}: taking it out would leave weights that nobody trained`,
    );
  }
  return undo ? others : [...known, adapter];
}
