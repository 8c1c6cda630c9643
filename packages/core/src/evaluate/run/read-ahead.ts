/** Reads the prompts of the next batch while the policy answers the current one, so that the policy does not wait for files. */

/** How batches are read. */
export interface ReadAhead<Batch, Prompts> {
  /** Reads a batch. */
  read(batch: Batch): Promise<Prompts>;
  /** Bytes that the prompts of a batch hold. */
  bytesOf(prompts: Prompts): number;
  /** Largest batch behind which the next one is read at once. Behind a larger one it is read when its turn comes, to save memory. */
  readonly mostBytes: number;
}

/**
 * A reader of batches, which are taken in order, one after another.
 *
 * @returns gives the prompts of the batch at a place. An error of `read` rejects when its batch is taken, not before.
 */
export function readerAhead<Batch, Prompts>(
  batches: readonly Batch[],
  { read, bytesOf, mostBytes }: ReadAhead<Batch, Prompts>,
): (place: number) => Promise<Prompts> {
  let ahead: { readonly place: number; readonly prompts: Promise<Prompts> } | undefined;
  return async (place) => {
    const own = ahead?.place === place ? ahead.prompts : read(batches[place]!);
    ahead = undefined;
    const prompts = await own;
    const next = batches[place + 1];
    if (next !== undefined && bytesOf(prompts) <= mostBytes) {
      ahead = { place: place + 1, prompts: read(next) };
      ahead.prompts.catch(() => undefined);
    }
    return prompts;
  };
}
