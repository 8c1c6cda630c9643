/** Reads the rollouts that the run's reward server recorded, and assigns them to their steps. */
import { GrowingFile } from './growing-file.ts';
import type { RecordedLine } from './recorded-line.ts';
import { rolloutFigures } from './rollout-figures.ts';
import type { FoundRollouts, StepRollouts } from './step-rollouts.ts';

/** Settings of `ScoredRollouts`. */
export interface RecordOptions {
  readonly file: string;
  /** Bytes that an earlier process read. */
  readonly offset: number;
  /** Prefix of the names of the run's groups, since other runs may use the same file. */
  readonly prefix: string;
  /** Completions per step, for engines that do not send the step of a completion. */
  readonly perStep: number;
}

interface Pending {
  readonly line: RecordedLine;
  /** Offset in the file, in bytes. */
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
      // Step 0: the engine did not send the step. Completions are scored in the order of the steps.
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

/** The line in the form of `rollouts.jsonl`. */
function textOf(line: RecordedLine, step: number): string {
  const ownKeys: readonly string[] = ['group', 'member', 'split'] satisfies (keyof RecordedLine)[];
  const rollout = Object.entries(line).filter(([key]) => !ownKeys.includes(key));
  return `${JSON.stringify({ ...Object.fromEntries(rollout), step })}\n`;
}
