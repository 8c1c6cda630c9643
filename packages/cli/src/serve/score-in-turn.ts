import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Patience } from './within-time.ts';

/**
 * Does the work of all items, a few side by side, and lets other requests have a turn between any two.
 *
 * @returns What the work gave, in the order of the items.
 * @throws Why patience ended, as soon as it does between two items; whatever the work throws.
 */
export async function scoreInTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  { patience, atOnce }: { readonly patience: Patience; readonly atOnce: number },
): Promise<readonly Result[]> {
  const results = new Array<Result>(items.length);
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      patience.throwIfAborted();
      results[index] = await work(item, index);
      // After the last one too: answers that are ready in one turn are sent together, and waking a client for each costs more.
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return results;
}
