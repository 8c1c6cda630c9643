/**
 * Arranges packed completions for attention, which pads them. Where completions differ much, it pads the shorter ones to less: they form
 * bands of like length, whichever group they belong to.
 */
import type { PolicyGroup } from '@loci/core';
import type { DeclareInput, HostTensor, HostTensors } from '../../ops/host-tensor.ts';
import type { CompletionBand, RowPermutation } from '../../ops/tensor-ops.ts';
import { attentionBands, batchRows, paddedRows, predictingRows } from '../spec/batches.ts';
import type { BatchLayout } from '../spec/batches.ts';

/**
 * The maps between packed and padded rows. Padding comes from the last packed row, which is not a token. No gradient comes back from it,
 * because nothing that counts reads padding.
 */
export interface Packing<T> {
  /** From packed rows to the padded rows of attention, band by band. */
  readonly padded: RowPermutation<T>;
  /** From the predicting rows after the first of each prompt to `[groups · completions · (completionLength − 1)]`. */
  readonly later: RowPermutation<T>;
}

/** Declares the maps of a layout with packed completions. */
export function declarePacking<T>(layout: BatchLayout, declare: DeclareInput<T>): Packing<T> {
  const { groups, completions, completionLength } = layout;
  const way = (name: string, from: number, to: number): RowPermutation<T> => ({
    index: declare(name, [to], 'int32'),
    inverse: declare(`${name}Inverse`, [from], 'int32'),
    hasZeroRows: false,
    leavesOut: false,
  });
  return {
    padded: way('text.padded', batchRows(layout), paddedRows(layout)),
    later: way(
      'text.later',
      predictingRows(layout) - groups,
      groups * completions * (completionLength - 1),
    ),
  };
}

/** Declares the bands of a layout. Their owners are inputs where several bands share several prompts. */
export function declareBands<T>(
  layout: BatchLayout,
  declare: DeclareInput<T>,
): readonly CompletionBand<T>[] {
  const { groups } = layout;
  return attentionBands(layout).map((band, index) =>
    namesOwners(layout)
      ? {
          ...band,
          owners: declare(`text.owners${index}`, [band.completions, groups], 'float32'),
        }
      : band,
  );
}

/** Whether the completions of a band are those of any groups. */
function namesOwners({ bands, groups }: BatchLayout): boolean {
  return bands !== undefined && groups > 1;
}

/** The first packed row of a completion, and the number of its rows. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** The spans of all completions, group by group. */
export function completionSpans(layout: BatchLayout, groups: readonly PolicyGroup[]): Span[] {
  const { promptLength, completionLength, packedRows } = layout;
  let start = layout.groups * promptLength;
  return groups.flatMap(({ completions }) =>
    completions.map((tokens) => {
      const length = packedRows === undefined ? completionLength : tokens.length;
      const span = { start, length };
      start += length;
      return span;
    }),
  );
}

/** The completions of each band, as indices into the spans: the shortest in the first. A single band keeps their order. */
function bandMembers(layout: BatchLayout, spans: readonly Span[]): readonly (readonly number[])[] {
  const order = spans.map((_, index) => index);
  if (layout.bands) order.sort((a, b) => spans[a]!.length - spans[b]!.length || a - b);
  let taken = 0;
  return attentionBands(layout).map(({ completions }) =>
    order.slice(taken, (taken += completions)),
  );
}

/** The values of the inputs that `declarePacking` and `declareBands` declare. @param spans of packed completions. */
export function packingTensors(layout: BatchLayout, spans: readonly Span[]): HostTensors {
  const { groups, promptLength, completions, completionLength } = layout;
  const ahead = groups * promptLength;
  const members = bandMembers(layout, spans);
  const padded = new PackedWay(batchRows(layout), paddedRows(layout));
  for (let row = 0; row < ahead; row++) padded.join(row, row);
  let place = ahead;
  attentionBands(layout).forEach((band, index) => {
    for (const completion of members[index]!) {
      const { start, length } = spans[completion]!;
      for (let token = 0; token < length; token++) padded.join(start + token, place + token);
      place += band.length;
    }
  });
  const later = new PackedWay(
    predictingRows(layout) - groups,
    groups * completions * (completionLength - 1),
  );
  let predicted = 0;
  spans.forEach(({ length }, completion) => {
    for (let token = 1; token < length; token++) {
      later.join(predicted++, completion * (completionLength - 1) + token - 1);
    }
  });
  const owners = namesOwners(layout) ? members.map((own) => ownersOf(own, layout)) : [];
  return {
    ...padded.tensors('text.padded'),
    ...later.tensors('text.later'),
    ...Object.fromEntries(owners.map((tensor, band) => [`text.owners${band}`, tensor])),
  };
}

/** The groups of some completions, as one-hot rows. */
function ownersOf(members: readonly number[], { groups, completions }: BatchLayout): HostTensor {
  const data = new Float32Array(members.length * groups);
  members.forEach((completion, row) => {
    data[row * groups + Math.floor(completion / completions)] = 1;
  });
  return { shape: [members.length, groups], data };
}

/** Builds a map between packed and padded rows: rows without a partner map to the last packed row, or to a padding row. */
class PackedWay {
  readonly #index: Int32Array;
  readonly #inverse: Int32Array;

  constructor(packed: number, padded: number) {
    this.#index = new Int32Array(padded).fill(-1);
    this.#inverse = new Int32Array(packed).fill(-1);
  }

  join(packed: number, padded: number): void {
    this.#index[padded] = packed;
    this.#inverse[packed] = padded;
  }

  tensors(name: string): HostTensors {
    const [index, inverse] = [this.#index, this.#inverse];
    const padding = index.indexOf(-1);
    const spare = inverse.length - 1;
    if (padding < 0 || inverse[spare] !== -1) throw new Error('packed rows leave no spare row');
    return {
      [name]: {
        shape: [index.length],
        data: index.map((row) => (row < 0 ? spare : row)),
      },
      [`${name}Inverse`]: {
        shape: [inverse.length],
        data: inverse.map((row) => (row < 0 ? padding : row)),
      },
    };
  }
}
