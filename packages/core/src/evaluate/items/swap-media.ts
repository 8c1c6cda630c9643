import { permutation } from '../../random/seed.ts';
import type { BenchmarkItem, MediaReference } from '../../spec/index.ts';

type Media = readonly MediaReference[];

/**
 * The media of another scene for each item, by item id. The distinct media are put in a seeded order, and each is replaced by the next one
 * with as many media of the same kinds, or by its successor when there is none. Undefined when all items share their media. Items without
 * media have no entry.
 */
export function swapMedia(
  items: readonly BenchmarkItem[],
  seed: number,
): ReadonlyMap<string, Media> | undefined {
  const shown = items.filter(({ media }) => media.length > 0);
  const distinct = new Map(shown.map(({ media }) => [keyOf(media), media]));
  if (distinct.size < 2) return undefined;
  const media = [...distinct.values()];
  const order = Array.from(permutation(media.length, seed), (index) => media[index]!);
  const rings = new Map<string, Media[]>();
  for (const own of order) rings.set(kindsOf(own), [...(rings.get(kindsOf(own)) ?? []), own]);
  const successors = new Map<string, Media>();
  for (const ring of rings.values()) {
    const [only] = ring;
    for (const [place, own] of ring.entries()) {
      const next =
        ring.length > 1
          ? ring[(place + 1) % ring.length]
          : order[(order.indexOf(only!) + 1) % order.length];
      successors.set(keyOf(own), next!);
    }
  }
  return new Map(shown.map(({ id, media: own }) => [id, successors.get(keyOf(own))!]));
}

function keyOf(media: Media): string {
  return media.map(({ path }) => path).join('\n');
}

function kindsOf(media: Media): string {
  return media.map(({ kind }) => kind).join(' ');
}
