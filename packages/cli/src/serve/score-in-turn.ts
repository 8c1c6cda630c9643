import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Does the work of all items, a few side by side, and lets other requests have a turn between any two.
 *
 * @returns What the work gave, in the order of the items.
 * @throws The signal's reason as soon as it is raised between two items; whatever the work throws.
 */
export async function scoreInTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  { signal, atOnce }: { readonly signal: AbortSignal; readonly atOnce: number },
): Promise<readonly Result[]> {
  const results = new Array<Result>(items.length);
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      signal.throwIfAborted();
      results[index] = await work(item, index);
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return results;
}
