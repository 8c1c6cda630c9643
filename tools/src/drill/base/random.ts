/** Choices of a drill, each from a stream that its seed decides. */
import type { RandomStream } from '@loci/core';

/** A whole number from `least` to `most`, both included. */
export function wholeBetween(random: RandomStream, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

/** One of a list that is not empty. */
export function oneOf<Item>(random: RandomStream, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}

/** A list in another order. */
export function shuffled<Item>(random: RandomStream, items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Waits. @param ms Milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
