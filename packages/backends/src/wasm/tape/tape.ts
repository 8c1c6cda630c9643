/**
 * Defines a model's step as a list of kernel calls. Except for attention, a step works row by row, so it is recorded for one row: a value
 * is a number of floats per row, and a kernel runs on all current rows.
 */
import type { ParameterSpec } from '../../models/spec/weights.ts';
import { firstGap } from '../regions.ts';
import type { PlacedTape, TapeStep } from '../messages.ts';

/** Rounds up to a multiple of 4, as kernels require. */
export function padded(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** A value of a step under construction: a row, as a tensor of a shape. Reshaped values have the same storage. */
export interface RowValue {
  readonly kind: 'row';
  readonly storage: number;
  readonly shape: readonly number[];
}

/** A parameter. */
export interface WeightValue extends ParameterSpec {
  readonly kind: 'weight';
}

/** The operands of a step. Token ids and rotary tables have no storage: their kernels know their places. */
export type TapeValue =
  | RowValue
  | WeightValue
  | { readonly kind: 'tokens' | 'rotary'; readonly shape: readonly number[] };

/** A step whose values are storages and whose weights are names. */
export interface RecordedStep {
  /** Storages that the step reads, by the key of their place in `TapeStep`. */
  readonly reads: Readonly<Record<string, number>>;
  /** Weights that the step reads, by the key of their address in `TapeStep`. */
  readonly weights: Readonly<Record<string, string>>;
  /** The storage that the step writes. */
  readonly y: number;
  /** The rest of the `TapeStep`. */
  readonly facts: { readonly kind: TapeStep['kind'] } & Readonly<Record<string, number | string>>;
}

/** A recorded step of a model. */
export interface Tape {
  readonly steps: readonly RecordedStep[];
  /** Numbers per row, by storage. */
  readonly sizes: readonly number[];
  readonly logits: number;
  /** The parameters of the step, in the order of their first use. */
  readonly parameters: readonly ParameterSpec[];
  /** Inputs of the products, each once. */
  readonly inputs: readonly number[];
  /** Multiplications per token, without attention. */
  readonly multiplications: number;
}

/** Offset of each storage, in numbers per row. A storage may reuse the place of another after its last use. */
function placeStorages({ steps, sizes, logits }: Tape): {
  readonly places: number[];
  readonly rowSize: number;
} {
  const lastRead = new Map<number, number>();
  steps.forEach(({ reads, y }, index) => {
    for (const storage of [...Object.values(reads), y]) lastRead.set(storage, index);
  });
  lastRead.set(logits, steps.length);
  const places: number[] = [];
  const live = new Map<number, { readonly start: number; readonly end: number }>();
  let rowSize = 0;
  steps.forEach(({ reads, y }, index) => {
    if (!live.has(y)) {
      const start = firstGap(live.values(), sizes[y]!);
      live.set(y, { start, end: start + sizes[y]! });
      places[y] = start;
      rowSize = Math.max(rowSize, start + sizes[y]!);
    }
    for (const storage of [...Object.values(reads), y]) {
      if (lastRead.get(storage) === index) live.delete(storage);
    }
  });
  return { places, rowSize };
}

/** Assigns every value of a tape its place. @param addressOf of a parameter, in bytes. */
export function placeTape(tape: Tape, addressOf: (parameter: string) => number): PlacedTape {
  const { places, rowSize } = placeStorages(tape);
  const through = <From>(map: Readonly<Record<string, From>>, find: (from: From) => number) =>
    Object.fromEntries(Object.entries(map).map(([key, from]) => [key, find(from)]));
  const steps = tape.steps.map(
    ({ reads, weights, y, facts }) =>
      ({
        ...facts,
        ...through(reads, (storage) => places[storage]!),
        ...through(weights, addressOf),
        y: places[y]!,
      }) as unknown as TapeStep,
  );
  return { steps, logits: places[tape.logits]!, rowSize };
}

/** An operation or a size without a kernel. The engine then generates in another way and reports the reason. */
export class UnsupportedStep extends Error {
  override readonly name = 'UnsupportedStep';

  /** @param what the unsupported operation or size, such as `"gelu"`. */
  constructor(what: string) {
    super(`no WebAssembly kernel for ${what}`);
  }
}
