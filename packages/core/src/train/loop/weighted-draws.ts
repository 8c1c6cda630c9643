import { randomStream } from '../../random/seed.ts';

/**
 * Indices drawn one after the other without putting back, each with a chance in proportion to its weight among those that are left.
 * Nothing of the size of the dataset is made or sorted. What is drawn depends on the arguments alone.
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
  // An index is offered evenly and accepted by its weight: those accepted are in proportion to the weights.
  while (gone.size < size) {
    const index = Math.floor(random() * size);
    const chance = random();
    if (gone.has(index) || chance >= weightOf(index)) continue;
    gone.add(index);
    yield index;
  }
  return undefined;
}
