/** Rollouts as the run's reward server recorded them, put to the steps that they belong to. */
import { GrowingFile } from './growing-file.ts';
import type { RecordedLine } from './recorded-line.ts';
import { rolloutFigures } from './rollout-figures.ts';
import type { FoundRollouts, StepRollouts } from './step-rollouts.ts';

/** Where the record lies, and how much of it belongs together. */
export interface RecordOptions {
  readonly file: string;
  /** Bytes that an earlier process took. */
  readonly offset: number;
  /** How the names of the run's groups begin: other runs may be in the same file. */
  readonly prefix: string;
  /** Completions of a step, where the engine does not say which step a completion is of. */
  readonly perStep: number;
}

interface Pending {
  readonly line: RecordedLine;
  /** Where it begins in the file. */
  readonly at: number;
}

/** Reads the record as it grows. */
export class ScoredRollouts implements StepRollouts {
  readonly #file: GrowingFile;
  readonly #prefix: string;
  readonly #perStep: number;
  #pending: readonly Pending[] = [];

  constructor({ file, offset, perStep, prefix }: RecordOptions) {
    this.#prefix = prefix;
    this.#file = new GrowingFile(file, offset);
    this.#perStep = perStep;
  }

  get consumed(): number {
    return this.#pending[0]?.at ?? this.#file.offset;
  }

  skip(): void {
    this.#file.read();
    this.#pending = [];
  }

  of(step: number): FoundRollouts {
    this.#read();
    let room = this.#perStep;
    const own: RecordedLine[] = [];
    const kept: Pending[] = [];
    for (const pending of this.#pending) {
      const { line } = pending;
      // Step 0: the engine does not say, and completions are scored in the order of the steps.
      const isOwn = line.step === 0 ? room-- > 0 : line.step === step;
      if (isOwn) own.push(line);
      else if (line.step === 0 || line.step > step) kept.push(pending);
    }
    this.#pending = kept;
    return { text: own.map((line) => textOf(line, step)).join(''), values: rolloutFigures(own) };
  }

  #read(): void {
    let at = this.#file.offset;
    const found: Pending[] = [];
    for (const text of this.#file.read().lines) {
      const line = JSON.parse(text) as RecordedLine;
      const isOwn = line.split === 'train' && line.group.startsWith(this.#prefix);
      if (isOwn) found.push({ line, at });
      at += Buffer.byteLength(text) + 1;
    }
    this.#pending = [...this.#pending, ...found];
  }
}

/** The line as `rollouts.jsonl` has it. */
function textOf(line: RecordedLine, step: number): string {
  const beside: readonly string[] = ['group', 'member', 'split'] satisfies (keyof RecordedLine)[];
  const rollout = Object.entries(line).filter(([key]) => !beside.includes(key));
  return `${JSON.stringify({ ...Object.fromEntries(rollout), step })}\n`;
}
