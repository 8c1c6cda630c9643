/**
 * Seeds for independent streams of random numbers. Every draw of a run comes from `deriveSeed(runSeed, purpose, …)`, so a
 * resumed run draws what the uninterrupted one would have drawn, and two purposes never share a stream.
 */

/**
 * Mixes a seed with the names and numbers of a purpose into a new 32-bit seed (FNV-1a over the parts, then the
 * finalizer of MurmurHash3).
 *
 * @example deriveSeed(7, 'sample', step)
 */
export function deriveSeed(seed: number, ...purpose: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const part of [seed, ...purpose]) {
    for (const character of `${part}\u0000`) {
      hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
    }
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A source of numbers uniform in [0, 1), with 32 bits of state (mulberry32). */
export interface RandomStream {
  (): number;
}

/** A stream that depends on nothing but its seed. */
export function randomStream(seed: number): RandomStream {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The numbers 0…size − 1 in an order that depends on nothing but the seed (Fisher–Yates). */
export function permutation(size: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, index) => index);
  const random = randomStream(seed);
  for (let last = size - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
