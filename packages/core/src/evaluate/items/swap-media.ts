import { permutation } from '../../random/seed.ts';
import type { BenchmarkItem, MediaReference } from '../../spec/index.ts';

type Media = readonly MediaReference[];

/**
 * For each item the media of another scene, by item id: the distinct media in a seeded order, each replaced by its
 * successor. Undefined when all items share theirs.
 */
export function swapMedia(
  items: readonly BenchmarkItem[],
  seed: number,
): ReadonlyMap<string, Media> | undefined {
  const distinct = new Map(items.map(({ media }) => [keyOf(media), media]));
  if (distinct.size < 2) return undefined;
  const media = [...distinct.values()];
  const order = permutation(media.length, seed);
  const successors = new Map<string, Media>();
  for (const [place, index] of order.entries()) {
    successors.set(keyOf(media[index]!), media[order[(place + 1) % order.length]!]!);
  }
  return new Map(items.map(({ id, media: own }) => [id, successors.get(keyOf(own))!]));
}

function keyOf(media: Media): string {
  return media.map(({ path }) => path).join('\n');
}
