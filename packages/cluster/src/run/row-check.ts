/** Compares the rows that an engine loaded with those it was given, since engines drop unreadable rows without an error. */
import type { Logger } from '@loci/core';
import type { EngineReader } from '../job.ts';

/** Reads the counts from the lines of a job's log. */
export class RowCheck {
  readonly #reader: Pick<EngineReader, 'loadedRows'>;
  readonly #given: Readonly<Record<'train' | 'validation', number>>;
  readonly #logger: Logger;
  /** By split. The last count wins: engines print one before and one after they filter. */
  readonly #loaded = new Map<'train' | 'validation', number>();

  constructor(
    reader: Pick<EngineReader, 'loadedRows'>,
    given: Readonly<Record<'train' | 'validation', number>>,
    logger: Logger,
  ) {
    this.#reader = reader;
    this.#given = given;
    this.#logger = logger;
  }

  line(text: string): void {
    const found = this.#reader.loadedRows(text);
    if (found !== undefined) this.#loaded.set(found.split, found.count);
  }

  /** Warns of rows that are missing. */
  conclude(): void {
    for (const [split, count] of this.#loaded) {
      const given = this.#given[split];
      if (count >= given) continue;
      this.#logger.warn(
        `the engine loaded ${count} of ${given} ${split} rows: it dropped ${given - count} that were too long for data.max_prompt_length, or whose ` +
          'media it could not open; its log names them',
      );
    }
  }
}
