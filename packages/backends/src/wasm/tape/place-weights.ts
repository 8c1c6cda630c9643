/** Places the parameters of a tape in the memory, with rows and columns padded with zeros to multiples of 4. */
import type { ParameterSpec } from '../../models/spec/weights.ts';
import { Layout } from '../regions.ts';
import { padded } from './tape.ts';

/** A parameter's place. */
export interface PlacedWeight {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
}

/** All places; addresses in bytes. */
export interface PlacedWeights {
  readonly entries: ReadonlyMap<string, PlacedWeight>;
  readonly end: number;
}

/** Address 0 stays unused, so that a forgotten address is noticed. */
const START = 64;

/** Places parameters in their order. */
export function placeWeights(parameters: readonly ParameterSpec[]): PlacedWeights {
  const layout = new Layout(START);
  const entries = new Map(
    parameters.map(({ name, shape }) => {
      const columns = shape.at(-1)!;
      const rows = shape.length === 1 ? 1 : shape[0]!;
      const height = shape.length === 1 ? 1 : padded(rows);
      return [name, { address: layout.place(4 * height * padded(columns)), rows, columns }];
    }),
  );
  return { entries, end: layout.end };
}

/** Writes values row by row. The padding is zero, as memory is from the start. */
export function writeWeight(
  memory: ArrayBufferLike,
  { address, rows, columns }: PlacedWeight,
  values: Float32Array,
): void {
  const width = padded(columns);
  const place = new Float32Array(memory, address, rows * width);
  if (width === columns) {
    place.set(values);
    return;
  }
  for (let row = 0; row < rows; row++) {
    place.set(values.subarray(row * columns, (row + 1) * columns), row * width);
  }
}
