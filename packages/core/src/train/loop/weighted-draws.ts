import { randomStream } from '../../random/seed.ts';

/**
 * Indices drawn one after the other without replacement, each with a chance in proportion to its weight among those left. The draws
 * depend only on the arguments. No array of the size of the dataset is made.
 *
 * @param size Indices are 0…size − 1.
 * @param weightOf Above 0, and at most 1.
 * @param taken Left out from the start.
 * @returns Ends when every index was drawn.
 * @example const [first] = weightedDraws(100, deriveSeed(seed, 'curriculum', step), () => 1);
 */
export function* weightedDraws(
  size: number,
  seed: number,
  weightOf: (index: number) => number,
  taken: ReadonlySet<number> = new Set(),
): Generator<number, undefined, undefined> {
  const random = randomStream(seed);
  const gone = new Set(taken);
  // Rejection sampling: indices are proposed uniformly and accepted with a chance equal to their weight.
  while (gone.size < size) {
    const index = Math.floor(random() * size);
    const chance = random();
    if (gone.has(index) || chance >= weightOf(index)) continue;
    gone.add(index);
    yield index;
  }
  return undefined;
}
