/** Checks that the tensors of a checkpoint fit a model, and names those that are missing, surplus or of another shape. */
import { LociError } from '@loci/core';
import { withFiniteWeights } from './finite-weights.ts';
import { openCheckpoint } from './safetensors.ts';
import type { Checkpoint } from './safetensors.ts';
import type { ModelParameters, ParameterSpec } from '../models/spec/weights.ts';
import { sameShape } from '../ops/shape.ts';

/** Tables that older versions of transformers stored and Loci computes. */
const COMPUTED = /\.inv_freq$/;

/** The most names of each kind in a message; the error's details hold all. */
const LISTED = 40;

/** Tensors that do not fit, by kind. */
interface Misfits {
  readonly missing: readonly string[];
  readonly surplus?: readonly string[];
  readonly misshapen: readonly string[];
}

function listed(what: string, names: readonly string[] = []): string[] {
  if (names.length === 0) return [];
  const more = names.length - LISTED;
  const rest = more > 0 ? `, and ${more} more` : '';
  return [`${what} (${names.length}): ${names.slice(0, LISTED).join(', ')}${rest}`];
}

/** The prefix before the names of missing tensors in all surplus ones, as wrappers of training scripts leave it. */
function commonPrefix(
  { missing, surplus = [] }: Misfits,
  publishedName: (name: string) => string,
): string | undefined {
  const bare = (quoted: string) => quoted.slice(1, -1);
  const wanted = new Set(missing.map((name) => publishedName(bare(name))));
  const stored = surplus.map(bare);
  const dots = [...(stored[0] ?? '').matchAll(/\./g)].map(({ index }) => index + 1);
  const prefixes = dots.map((end) => stored[0]!.slice(0, end));
  return prefixes.find((prefix) =>
    stored.every(
      (name) => name.startsWith(prefix) && wanted.has(publishedName(name.slice(prefix.length))),
    ),
  );
}

function refuse(path: string, misfits: Misfits, names?: ModelParameters): void {
  const parts = [
    ...listed('missing', misfits.missing),
    ...listed('surplus', misfits.surplus),
    ...listed('of another shape', misfits.misshapen),
  ];
  if (parts.length === 0) return;
  if (names && misfits.missing.includes(`"${names.head}"`)) {
    parts.push('if the head is the embedding, "tie_word_embeddings" must be true');
  }
  const prefix = names && commonPrefix(misfits, names.publishedName);
  if (prefix !== undefined) {
    parts.push(`the names begin with "${prefix}": save the model without its wrapper`);
  }
  throw new LociError(
    'checkpoint-mismatch',
    `${path}: the checkpoint does not fit its config. ${parts.join('; ')}`,
    { details: { ...misfits } },
  );
}

function compare(
  { entries }: Pick<Checkpoint, 'entries'>,
  expected: readonly ParameterSpec[],
  prefix: string,
): Misfits {
  const found = expected.map(({ name, shape }) => {
    const stored = entries.get(prefix + name)?.shape;
    return { name: `"${prefix}${name}"`, shape, stored };
  });
  return {
    missing: found.flatMap(({ name, stored }) => (stored ? [] : [name])),
    misshapen: found.flatMap(({ name, shape, stored }) =>
      !stored || sameShape(stored, shape)
        ? []
        : [`${name} is [${stored.join(', ')}] and should be [${shape.join(', ')}]`],
    ),
  };
}

/**
 * Checks some tensors of a checkpoint and ignores the others.
 *
 * @param prefix put before each name.
 * @throws LociError `checkpoint-mismatch` naming every tensor that is missing or has another shape.
 */
export function checkTensors(
  checkpoint: Checkpoint,
  expected: readonly ParameterSpec[],
  prefix = '',
): void {
  refuse(checkpoint.path, compare(checkpoint, expected, prefix));
}

/** A stored head beside a tied one must hold the values of the embedding. */
async function checkTiedHead(
  path: string,
  checkpoint: Checkpoint,
  names: ModelParameters,
): Promise<void> {
  const [head, embedding] = [
    await checkpoint.readFloats(names.head),
    await checkpoint.readFloats(names.embedding),
  ];
  if (head.every((value, index) => value === embedding[index])) return;
  throw new LociError(
    'checkpoint-mismatch',
    `${path}: config.json ties the head to the embedding, but "${names.head}" holds other values than "${names.embedding}"; set "tie_word_embeddings" to false`,
  );
}

/**
 * Opens the weights of a model folder under their published names, whichever version of transformers named them, and checks all of them
 * against its config.
 *
 * @throws LociError `checkpoint-unreadable`; `checkpoint-mismatch` listing by name what is missing, surplus or of another shape.
 */
export async function openModelCheckpoint(
  path: string,
  parameters: ModelParameters,
): Promise<Checkpoint> {
  const stored = await openCheckpoint(path);
  try {
    const names = new Map<string, string>();
    for (const name of stored.entries.keys()) {
      const own = parameters.publishedName(name);
      const twin = names.get(own);
      if (twin !== undefined) {
        throw new LociError(
          'checkpoint-mismatch',
          `${path} holds "${twin}" and "${name}", two names of one parameter: remove one of them`,
        );
      }
      names.set(own, name);
    }
    const nameOf = (name: string) => names.get(name) ?? name;
    const checkpoint = withFiniteWeights({
      ...stored,
      entries: new Map([...names].map(([own, name]) => [own, stored.entries.get(name)!])),
      readFloats: (name, target) => stored.readFloats(nameOf(name), target),
      readIntegers: (name) => stored.readIntegers(nameOf(name)),
    });
    const { all, head } = parameters;
    const known = new Set(all.map(({ name }) => name));
    const isTied = !known.has(head) && names.has(head);
    const surplus = [...names].flatMap(([name, as]) =>
      known.has(name) || COMPUTED.test(name) || (isTied && name === head) ? [] : [`"${as}"`],
    );
    refuse(path, { ...compare(checkpoint, all, ''), surplus }, parameters);
    if (isTied) await checkTiedHead(path, checkpoint, parameters);
    return checkpoint;
  } catch (error) {
    await stored.close();
    throw error;
  }
}
