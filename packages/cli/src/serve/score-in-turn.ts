import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Patience } from './within-time.ts';

/**
 * Does the work of all items, a few concurrently, and lets other requests have a turn after each.
 *
 * @returns Results of the work, in the order of the items.
 * @throws HttpError with the reason why patience ended, and errors of the work.
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
      // After the last one too: answers that are ready in the same turn are sent together, which costs less than waking a client for each.
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return results;
}
