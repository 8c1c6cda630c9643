/**
 * Indexes the rollouts of a run: the position of each line in the file, and the figures for filters, in columns. Shown lines are read from the
 * file again. Texts stay in memory for searches up to a limit; texts beyond it are read from the file.
 */
import type { RolloutLine } from '@loci/core';
import { NumberColumn, WordTable } from './columns.ts';
import { parseRollout } from './rollout-lines.ts';
import { TailFile, readLines } from './tail-file.ts';

/** Most characters of texts in memory, per run. */
const KEPT_CHARACTERS = 256 * 2 ** 20;
/** Time after which reading yields to other work. */
const SLICE_MS = 8;

/** The columns of an index, and its texts. */
interface Columns {
  readonly start: NumberColumn;
  readonly length: NumberColumn;
  readonly step: NumberColumn;
  readonly kind: NumberColumn;
  readonly group: NumberColumn;
  readonly reward: NumberColumn;
  readonly advantage: NumberColumn;
  readonly tokens: NumberColumn;
  /** Number of the look, of `leftOut`; NaN where there is none. */
  readonly look: NumberColumn;
  readonly leftOut: NumberColumn;
  readonly failed: NumberColumn;
  /** By `reward` and `reward/part`. */
  readonly parts: Map<string, NumberColumn>;
  readonly kinds: WordTable;
  readonly looks: WordTable;
  readonly reasons: WordTable;
  /** In lower case: the completion of each row, and the question of each group. */
  readonly texts: (string | undefined)[];
  readonly questions: string[];
}

/** The index of a run, which follows its file. */
export class RolloutIndex {
  readonly #file: TailFile;
  readonly #keptCharacters: number;
  #columns = emptyColumns();
  #count = 0;
  #groupKey = '';
  #completion = -1;
  #characters = 0;

  constructor(path: string, keptCharacters: number = KEPT_CHARACTERS) {
    this.#file = new TailFile(path);
    this.#keptCharacters = keptCharacters;
  }

  /** Number of indexed rollouts. */
  get count(): number {
    return this.#count;
  }

  get generation(): number {
    return this.#file.generation;
  }

  /** Bytes read so far, and the size of the file. */
  get progress(): readonly [read: number, size: number] {
    return [this.#file.read, this.#file.size];
  }

  get columns(): Readonly<Columns> {
    return this.#columns;
  }

  /**
   * Reads the lines since the last call, and yields to other work in between. Damaged lines are skipped.
   *
   * @throws LociError `format-newer`.
   */
  async refresh(): Promise<void> {
    let since = performance.now();
    for await (const lines of this.#file.lines(() => this.#clear())) {
      for (const { text, start, length } of lines) {
        const line = parseRollout(text, this.#file.path);
        if (line !== undefined) this.#add(line, start, length);
        if (performance.now() - since < SLICE_MS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
    }
  }

  /** The parsed lines of rows. Rows whose line has disappeared are left out. */
  async lines(rows: readonly number[]): Promise<ReadonlyMap<number, RolloutLine>> {
    const { start, length } = this.#columns;
    const places = rows.map((row) => ({ start: start.at(row), length: length.at(row) }));
    const texts = rows.length === 0 ? [] : await readLines(this.#file.path, places);
    return new Map(
      rows.flatMap((row, index) => {
        const line = parseRollout(texts[index]!, this.#file.path);
        return line === undefined ? [] : [[row, line] as const];
      }),
    );
  }

  /** Rows of the group that a row belongs to, and the first rows of its neighbors. */
  group(row: number): {
    readonly rows: readonly number[];
    readonly previous: number | null;
    readonly next: number | null;
  } {
    const { group } = this.#columns;
    const own = group.at(row);
    let [from, to] = [row, row + 1];
    while (from > 0 && group.at(from - 1) === own) from--;
    while (to < this.#count && group.at(to) === own) to++;
    let previous = from - 1;
    while (previous > 0 && group.at(previous - 1) === group.at(previous)) previous--;
    return {
      rows: Array.from({ length: to - from }, (_, index) => from + index),
      previous: from === 0 ? null : previous,
      next: to < this.#count ? to : null,
    };
  }

  #clear(): void {
    this.#columns = emptyColumns();
    [this.#count, this.#characters, this.#groupKey, this.#completion] = [0, 0, '', -1];
  }

  #add(line: RolloutLine, start: number, length: number): void {
    const columns = this.#columns;
    const row = this.#count++;
    columns.start.set(row, start);
    columns.length.set(row, length);
    columns.step.set(row, line.step);
    columns.kind.set(row, columns.kinds.number(line.kind));
    columns.group.set(row, this.#groupOf(line));
    columns.reward.set(row, line.reward ?? Number.NaN);
    columns.advantage.set(row, line.advantage ?? Number.NaN);
    columns.tokens.set(row, line.tokens);
    if (line.look !== undefined) columns.look.set(row, columns.looks.number(line.look));
    if (line.leftOut !== undefined) columns.leftOut.set(row, columns.reasons.number(line.leftOut));
    for (const [name, outcome] of Object.entries(line.outcomes)) {
      if (outcome.status === 'failed') columns.failed.set(row, 1);
      if (outcome.status !== 'scored') continue;
      this.#part(name).set(row, outcome.value);
      for (const [part, value] of Object.entries(outcome.parts ?? {})) {
        this.#part(`${name}/${part}`).set(row, value);
      }
    }
    this.#characters += line.text.length;
    const isKept = this.#characters <= this.#keptCharacters;
    columns.texts[row] = isKept ? searchable(line) : undefined;
  }

  /** The number of a line's group: a new one where sample, step or attempt change, or the count of completions starts again. */
  #groupOf({ step, sampleId, attempt = 0, completion, look, ...line }: RolloutLine): number {
    const { questions } = this.#columns;
    const key = `${step}\n${attempt}\n${sampleId}`;
    const begins = key !== this.#groupKey || (look === undefined && completion <= this.#completion);
    if (begins) {
      const words = [line.problem, ...line.options, line.solution, sampleId];
      questions.push(words.join('\n').toLowerCase());
    }
    this.#groupKey = key;
    this.#completion = look === undefined ? completion : Number.POSITIVE_INFINITY;
    return questions.length - 1;
  }

  #part(name: string): NumberColumn {
    const { parts } = this.#columns;
    const known = parts.get(name) ?? new NumberColumn();
    parts.set(name, known);
    return known;
  }
}

/** The text of a rollout for searches. */
export function searchable({ text }: Pick<RolloutLine, 'text'>): string {
  return text.toLowerCase();
}

function emptyColumns(): Columns {
  const column = (): NumberColumn => new NumberColumn();
  return {
    ...{ start: column(), length: column(), step: column(), kind: column(), group: column() },
    ...{ reward: column(), advantage: column(), tokens: column() },
    ...{ look: column(), leftOut: column(), failed: column(), parts: new Map() },
    ...{ kinds: new WordTable(), looks: new WordTable(), reasons: new WordTable() },
    ...{ texts: [], questions: [] },
  };
}
