/** Keeps the figures of a run in memory, and follows its `metrics.jsonl`. */
import type { MetricRecord } from '@loci/core';
import type { MetricsPage } from '../wire/wire.ts';
import { parsedObject } from './parsed.ts';
import { TailFile } from './tail-file.ts';

/** The figures of a run. */
export class MetricsStore {
  readonly #file: TailFile;
  #records: MetricRecord[] = [];

  constructor(path: string) {
    this.#file = new TailFile(path);
  }

  /** In the order of the file. */
  get records(): readonly MetricRecord[] {
    return this.#records;
  }

  get generation(): number {
    return this.#file.generation;
  }

  /** Reads the records since the last call. Lines that are not JSON are skipped. */
  async refresh(): Promise<void> {
    for await (const lines of this.#file.lines(() => (this.#records = []))) {
      for (const { text } of lines) {
        const { step, ...values } = parsedObject(text) ?? {};
        if (typeof step !== 'number') continue;
        const known = Object.entries(values).filter(
          (entry): entry is [string, number] => typeof entry[1] === 'number',
        );
        this.#records.push({ step, values: Object.fromEntries(known) });
      }
    }
  }

  /** The records from the index `after` on, in columns. */
  page(after: number): MetricsPage {
    const records = this.#records.slice(after);
    const names = [...new Set(records.flatMap(({ values }) => Object.keys(values)))];
    return {
      generation: this.generation,
      records: this.#records.length,
      steps: records.map(({ step }) => step),
      columns: Object.fromEntries(
        names.map((name) => [name, records.map(({ values }) => values[name] ?? null)]),
      ),
    };
  }
}
