/** How many questions of each dataset belong to a pass over a mixture, and which. */
import { LociError } from '../errors/loci-error.ts';
import { deriveSeed, permutation } from '../random/seed.ts';

/** Name, size and share of a dataset in a mixture. */
export interface MixedPart {
  readonly name: string;
  /** Questions that it has. */
  readonly size: number;
  /** Its share of the draws, relative to the weights of the others. */
  readonly weight?: number | undefined;
  /** Questions of it in a pass. */
  readonly samples?: number | undefined;
}

/**
 * Questions of each part in one pass over the mixture. With weights the pass is as long as it must be for every question of every part
 * to come at least once: parts with fewer questions than their share repeat them. Without, a part has `samples`, or all of its questions.
 *
 * @throws LociError `mix-weights` when some parts have weights and others have none.
 * @example passSizes([{ name: 'a', size: 300, weight: 1 }, { name: 'b', size: 100, weight: 1 }]) // [300, 300]
 */
export function passSizes(parts: readonly MixedPart[]): readonly number[] {
  const weights = parts.flatMap(({ weight }) => weight ?? []);
  if (weights.length === 0) return parts.map(({ size, samples }) => samples ?? size);
  if (weights.length < parts.length) {
    const { name } = parts.find(({ weight }) => weight === undefined)!;
    throw new LociError(
      'mix-weights',
      `The dataset "${name}" of the mixture has no weight, and others have one: give each a weight, or give samples instead`,
    );
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const pass = Math.max(...parts.map(({ size, weight }) => (size * sum) / weight!));
  return parts.map(({ size, weight }) => Math.max(size, Math.round((pass * weight!) / sum)));
}

/**
 * The question of a part at each of its places in a pass: all in a seeded order, then all again in another, as often as the pass wants.
 *
 * @returns Indices into the part, `count` of them.
 */
export function placesOf({ name, size }: MixedPart, count: number, seed: number): Uint32Array {
  const places = new Uint32Array(count);
  for (let from = 0, round = 0; from < count; from += size, round++) {
    const order = permutation(size, deriveSeed(seed, 'mix', name, round));
    places.set(order.slice(0, Math.min(size, count - from)), from);
  }
  return places;
}
