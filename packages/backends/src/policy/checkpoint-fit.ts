/** Whether the tensors of a checkpoint are those of a model: what is missing, surplus or of another shape, by name. */
import { LociError } from '@loci/core';
import type { ParameterSpec } from '../model/qwen2-5-vl/parameters.ts';
import type { Checkpoint } from '../model/safetensors.ts';
import { sameShape } from '../model/shape.ts';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/** Tables that older versions of transformers stored and that are computed here. */
const COMPUTED = /\.inv_freq$/;

/** Names that a message lists of each kind; the error's details hold all. */
const LISTED = 40;

/**
 * The published name of a tensor. Since version 4.52 the model's modules are nested (`model.language_model.layers…`,
 * `model.visual…`); what is saved from them without transformers' own renaming keeps those names.
 */
export function publishedName(name: string): string {
  return name.replace(/^model\.language_model\./, 'model.').replace(/^model\.visual\./, 'visual.');
}

/** Stored names of the parameters of a model, by published name. */
export type StoredNames = ReadonlyMap<string, string>;

function listed(what: string, problems: readonly string[]): string[] {
  if (problems.length === 0) return [];
  const more = problems.length - LISTED;
  const rest = more > 0 ? `, and ${more} more` : '';
  return [`${what} (${problems.length}): ${problems.slice(0, LISTED).join(', ')}${rest}`];
}

async function sameValues(checkpoint: Checkpoint, a: string, b: string): Promise<boolean> {
  const [left, right] = [await checkpoint.readFloats(a), await checkpoint.readFloats(b)];
  return left.every((value, index) => value === right[index]);
}

/**
 * Holds a checkpoint against the parameters of a model. A stored head beside a tied one must hold the values of the embedding.
 *
 * @param prefix of the stored names that belong to the model; others are not looked at.
 * @throws LociError `checkpoint-mismatch` listing by name what is missing, surplus or of another shape.
 */
export async function fitCheckpoint(
  checkpoint: Checkpoint,
  parameters: readonly ParameterSpec[],
  prefix = '',
): Promise<StoredNames> {
  const own = [...checkpoint.entries.keys()].filter((name) => name.startsWith(prefix));
  const stored = new Map(own.map((name) => [publishedName(name.slice(prefix.length)), name]));
  const known = new Set(parameters.map(({ name }) => name));
  const missing = parameters.filter(({ name }) => !stored.has(name)).map(({ name }) => name);
  const misshapen = parameters.flatMap(({ name, shape }) => {
    const found = checkpoint.entries.get(stored.get(name) ?? '')?.shape;
    if (!found || sameShape(found, shape)) return [];
    return [`"${prefix}${name}" is [${found.join(', ')}] and should be [${shape.join(', ')}]`];
  });
  const tied = stored.has(EMBEDDING) && !known.has(HEAD) ? stored.get(HEAD) : undefined;
  const surplus = [...stored].flatMap(([name, as]) =>
    known.has(name) || COMPUTED.test(name) || as === tied ? [] : [as],
  );
  const quoted = (names: readonly string[]) => names.map((name) => `"${prefix}${name}"`);
  const parts = [
    ...listed('missing', quoted(missing)),
    ...listed(
      'surplus',
      surplus.map((name) => `"${name}"`),
    ),
    ...listed('of another shape', misshapen),
  ];
  if (missing.includes(HEAD))
    parts.push('if the head is the embedding, "tie_word_embeddings" must say true');
  if (parts.length > 0) {
    throw new LociError(
      'checkpoint-mismatch',
      `the checkpoint does not fit config.json. ${parts.join('; ')}`,
      { details: { missing, surplus, misshapen } },
    );
  }
  if (tied && !(await sameValues(checkpoint, tied, stored.get(EMBEDDING)!))) {
    throw new LociError(
      'checkpoint-mismatch',
      `config.json ties the head to the embedding, but "${tied}" holds other values than "${EMBEDDING}": set "tie_word_embeddings" to false`,
    );
  }
  return stored;
}
