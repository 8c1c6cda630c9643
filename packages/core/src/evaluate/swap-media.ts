import { permutation } from '../random/seed.ts';
import type { MediaReference, Sample } from '../spec/index.ts';

/**
 * For each sample the video of another scene, by sample id: the distinct videos in a seeded order, each replaced by its
 * successor. Undefined when all samples share one video.
 */
export function swapMedia(
  samples: readonly Sample[],
  seed: number,
): ReadonlyMap<string, MediaReference> | undefined {
  const byPath = new Map(samples.map(({ media }) => [media.path, media]));
  if (byPath.size < 2) return undefined;
  const media = [...byPath.values()];
  const order = permutation(media.length, seed);
  const successors = new Map<string, MediaReference>();
  for (const [place, index] of order.entries()) {
    successors.set(media[index]!.path, media[order[(place + 1) % order.length]!]!);
  }
  return new Map(samples.map(({ id, media: { path } }) => [id, successors.get(path)!]));
}
