/**
 * A model's step as a list of kernel calls. Everything in a step is row by row but for attention, so it is recorded for one row:
 * a value is so many numbers a row, and a kernel runs on all rows at hand.
 */
import type { ParameterSpec } from '../../models/spec/weights.ts';
import { firstGap } from '../regions.ts';
import type { PlacedTape, TapeStep } from '../messages.ts';

/** Numbers that come in fours, as kernels take them. */
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

/** What operations of a step work on. Token ids and rotary tables have no storage: their kernels know where they are. */
export type TapeValue =
  | RowValue
  | WeightValue
  | { readonly kind: 'tokens' | 'rotary'; readonly shape: readonly number[] };

/** A step whose values are storages and whose weights are names. */
export interface RecordedStep {
  /** Storages that are read, by the key under which `TapeStep` has their place. */
  readonly reads: Readonly<Record<string, number>>;
  /** Weights that are read, by the key under which `TapeStep` has their address. */
  readonly weights: Readonly<Record<string, string>>;
  /** The storage that is written. */
  readonly y: number;
  /** The rest of the `TapeStep`. */
  readonly facts: { readonly kind: TapeStep['kind'] } & Readonly<Record<string, number | string>>;
}

/** A recorded step of a model. */
export interface Tape {
  readonly steps: readonly RecordedStep[];
  /** Numbers a row, by storage. */
  readonly sizes: readonly number[];
  readonly logits: number;
  /** The parameters that are read, in the order of their first use. */
  readonly parameters: readonly ParameterSpec[];
  /** Inputs of the products, each once. */
  readonly inputs: readonly number[];
  /** Multiplications a token, attention left out. */
  readonly multiplications: number;
}

/** Numbers a row from which each storage is placed: where one was read last, another may begin. */
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

/** Gives every value of a tape its place. @param addressOf of a parameter, in bytes. */
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
