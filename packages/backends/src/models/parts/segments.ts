/**
 * Computes attention of a vision tower within segments of its patches, such as frames or windows. Segments are contiguous rows. Segments of
 * different lengths are padded to the longest one, never joined: attention costs the sum over segments, not the square of all patches.
 */
import type { DeclareInput, HostTensors } from '../../ops/host-tensor.ts';
import { MASKED, pickRows } from '../../ops/host-tensor.ts';
import type { RotaryTables, RowPermutation, TensorOps } from '../../ops/tensor-ops.ts';
import type { SegmentLayout } from '../spec/batches.ts';
import type { RotaryTable } from '../spec/prompts.ts';

/** One cut of the rows into segments: its sizes, the rotary tables in its order, and the padding if any. */
export interface SegmentInputs<T> {
  readonly layout: SegmentLayout;
  readonly rotary: RotaryTables<T>;
  readonly padding?: {
    readonly permutation: RowPermutation<T>;
    readonly inverse: RowPermutation<T>;
    readonly keyMask: T;
  };
}

/** The static sizes of segments of these lengths. */
export function segmentLayout(lengths: readonly number[]): SegmentLayout {
  const length = lengths.reduce((longest, own) => Math.max(longest, own), 0);
  return { segments: lengths.length, length, padded: lengths.some((own) => own !== length) };
}

/** Padded place of every patch (`target`) and patch of every padded place (`source`), with −1 for padding. */
function padSegments(lengths: readonly number[], { length }: SegmentLayout) {
  const source = new Int32Array(lengths.length * length).fill(-1);
  const target: number[] = [];
  lengths.forEach((own, segment) => {
    for (let offset = 0; offset < own; offset++) {
      source[segment * length + offset] = target.length;
      target.push(segment * length + offset);
    }
  });
  return { source, target: Int32Array.from(target) };
}

/**
 * Declares the inputs of some cuts of the same patches.
 *
 * @param frequencies columns of the rotary tables.
 * @returns the inputs of each cut by its name; those without padding share one rotary table.
 */
export function declareSegments<T, Cut extends string>(
  cuts: Readonly<Record<Cut, SegmentLayout>>,
  patches: number,
  frequencies: number,
  declare: DeclareInput<T>,
): Readonly<Record<Cut, SegmentInputs<T>>> {
  const tables = (name: string, rows: number) => ({
    cos: declare(`${name}.cos`, [rows, frequencies], 'float32'),
    sin: declare(`${name}.sin`, [rows, frequencies], 'float32'),
  });
  const layouts = Object.entries<SegmentLayout>(cuts);
  const common = layouts.some(([, own]) => !own.padded) ? tables('vision', patches) : undefined;
  const inputs = layouts.map(([cut, own]): [string, SegmentInputs<T>] => {
    const name = `vision.${cut}`;
    if (!own.padded) return [cut, { layout: own, rotary: common! }];
    const rows = own.segments * own.length;
    const index = declare(`${name}.index`, [rows], 'int32');
    const inverse = declare(`${name}.inverse`, [patches], 'int32');
    const permutation: RowPermutation<T> = { index, inverse, hasZeroRows: true, leavesOut: false };
    const padding = {
      permutation,
      inverse: { index: inverse, inverse: index, hasZeroRows: false, leavesOut: true },
      keyMask: declare(`${name}.keyMask`, [own.segments, own.length], 'float32'),
    };
    return [cut, { layout: own, rotary: tables(name, rows), padding }];
  });
  return Object.fromEntries(inputs) as Record<Cut, SegmentInputs<T>>;
}

/**
 * The values of those inputs.
 *
 * @param lengths patches of every segment of each cut.
 * @param order for each patch in the tower's order, its place in stored order.
 * @param rotary of all patches in stored order.
 */
export function segmentTensors(
  lengths: Readonly<Record<string, readonly number[]>>,
  order: Int32Array,
  rotary: Pick<RotaryTable, 'cos' | 'sin' | 'frequencies'>,
): HostTensors {
  const { frequencies } = rotary;
  const patches = order.length;
  const tables = (name: string, rows: Int32Array): HostTensors => ({
    [`${name}.cos`]: {
      shape: [rows.length, frequencies],
      data: pickRows(rotary.cos, frequencies, rows),
    },
    [`${name}.sin`]: {
      shape: [rows.length, frequencies],
      data: pickRows(rotary.sin, frequencies, rows),
    },
  });
  const cuts = Object.entries(lengths).map(([cut, own]) => ({
    name: `vision.${cut}`,
    own,
    layout: segmentLayout(own),
  }));
  const common = cuts.some(({ layout }) => !layout.padded) ? tables('vision', order) : {};
  const padded = cuts
    .filter(({ layout }) => layout.padded)
    .map(({ name, own, layout }): HostTensors => {
      const { source, target } = padSegments(own, layout);
      return {
        ...tables(
          name,
          source.map((patch) => (patch < 0 ? -1 : order[patch]!)),
        ),
        [`${name}.index`]: {
          shape: [source.length],
          data: source.map((patch) => (patch < 0 ? patches : patch)),
        },
        [`${name}.inverse`]: { shape: [patches], data: target },
        [`${name}.keyMask`]: {
          shape: [layout.segments, layout.length],
          data: Float32Array.from(source, (patch) => (patch < 0 ? MASKED : 0)),
        },
      };
    });
  return Object.assign({}, common, ...padded) as HostTensors;
}

/**
 * Full attention within each segment of one cut.
 *
 * @param projected queries, keys and values side by side, `[patches, 3 · hiddenSize]`.
 * @returns `[patches, hiddenSize]`.
 */
export function attendWithin<T>(
  ops: TensorOps<T>,
  { heads, hiddenSize }: { readonly heads: number; readonly hiddenSize: number },
  projected: T,
  { layout, rotary, padding }: SegmentInputs<T>,
): T {
  const rows = padding ? ops.permuteRows(projected, padding.permutation) : projected;
  const [query, key, value] = ops.splitColumns(rows, [hiddenSize, hiddenSize, hiddenSize]);
  const attended = ops.attendSegments(
    ops.rotate(query!, rotary, heads),
    ops.rotate(key!, rotary, heads),
    value!,
    {
      segments: layout.segments,
      length: layout.length,
      heads,
      keyValueHeads: heads,
      headSize: hiddenSize / heads,
      ...(padding ? { keyMask: padding.keyMask } : {}),
    },
  );
  return padding ? ops.permuteRows(attended, padding.inverse) : attended;
}
