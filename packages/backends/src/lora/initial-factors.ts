/** Draws start factors: A random, B zero, so that the adapted model computes the same as its base. */
import { deriveSeed, randomStream } from '@loci/core';
import type { ArenaEntry } from '../weights/parameter-arena.ts';

/**
 * Values of a factor as PEFT draws them: those of A uniform in ±1/√in (`kaiming_uniform` with a = √5), those of B 0.
 *
 * @param seed gives, with the name, the same values on every engine.
 */
export function initialFactor({ name, shape, size }: ArenaEntry, seed: number): Float32Array {
  if (name.endsWith('.lora_B.weight')) return new Float32Array(size);
  const bound = 1 / Math.sqrt(shape[1]!);
  const random = randomStream(deriveSeed(seed, 'lora', name));
  return Float32Array.from({ length: size }, () => bound * (2 * random() - 1));
}
