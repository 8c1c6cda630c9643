/**
 * Lays out the groups of a run in one of few sizes. Graphs have static shapes, and compiling one takes a good part of a second. So lengths
 * are rounded up to buckets, and packed completions to parts of their padded rows.
 */
import type { PolicyGroup } from '@loci/core';
import type { BandSizes, BatchLayout, ModelBatches } from '../models/spec/batches.ts';

/** Rounds a length up to one that graphs are built for: steps of 16 to 128, of 32 to 512, of 128 beyond. */
export function bucketLength(length: number): number {
  const step = length <= 128 ? 16 : length <= 512 ? 32 : 128;
  return Math.max(step, Math.ceil(length / step) * step);
}

const COARSE_STEP = 32;

/** The layout of some groups taken together. */
export function layoutOf(
  groups: readonly PolicyGroup[],
  { mediaLayout }: Pick<ModelBatches, 'mediaLayout'>,
): BatchLayout {
  const longest = (lengths: readonly number[]) =>
    lengths.reduce((most, length) => Math.max(most, length), 0);
  const completions = groups[0]?.completions.length ?? 0;
  const lengths = groups.flatMap((group) => group.completions.map((ids) => ids.length));
  const completionLength = completions === 0 ? 0 : bucketLength(longest(lengths));
  const prompt = bucketLength(longest(groups.map(({ prompt: { tokenIds } }) => tokenIds.length)));
  const packedRows = packedLength(lengths, completionLength);
  const bands = packedRows === undefined ? undefined : lengthBands(lengths, completionLength);
  // Where completions make up most of the rows, coarse prompts cost little and save graphs.
  const coarse = completions * completionLength > 4 * prompt;
  const media = mediaLayout(groups.flatMap(({ prompt: { media } }) => media));
  return {
    groups: groups.length,
    promptLength: coarse ? Math.ceil(prompt / COARSE_STEP) * COARSE_STEP : prompt,
    completions,
    completionLength,
    ...(packedRows !== undefined && { packedRows }),
    ...(bands && { bands }),
    ...(media ? { media } : {}),
  };
}

/**
 * Sizes that packed completions of one padded size can have. In a run of rooms, twelve leave 8 % of the rows of the longer lane empty where
 * eight leave 11 %, with as many graphs.
 */
const PACKED_SIZES = 12;

/** The least number of padded rows at which packing is worth a graph of its own. */
const LEAST_PADDED = 512;

/**
 * Rows of completions when they are packed: a multiple of a twelfth of their padded rows, so that few graphs suffice. Undefined where all
 * twelfths are needed, and for small batches.
 */
function packedLength(lengths: readonly number[], longest: number): number | undefined {
  const padded = lengths.length * longest;
  const needed = lengths.reduce((sum, length) => sum + length, 1);
  const step = Math.ceil(padded / PACKED_SIZES);
  const rows = step * Math.ceil(needed / step);
  return padded >= LEAST_PADDED && rows < padded ? rows : undefined;
}

/** Parts of the completions that may differ in padded length, and steps of that length. */
const QUARTERS = 4;

/** The least share of padded completion rows that bands leave out where they are worth a graph of their own. */
const LEAST_SPARED = 0.2;

/**
 * Cuts completions into quarters by length, each padded to as many quarters of the greatest length as it needs, so that few graphs suffice.
 * Undefined where that spares little, and where completions would fill their bands: packed rows that are no tokens are the padding.
 *
 * @param longest a bucket, which is a multiple of four.
 */
function lengthBands(lengths: readonly number[], longest: number): BandSizes[] | undefined {
  const sorted = lengths.toSorted((a, b) => a - b);
  const cut = (quarter: number) => Math.floor((sorted.length * quarter) / QUARTERS);
  const step = longest / QUARTERS;
  const counts = new Map<number, number>();
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    const own = sorted.slice(cut(quarter), cut(quarter + 1));
    if (own.length === 0) continue;
    const length = step * Math.max(1, Math.ceil(own.at(-1)! / step));
    counts.set(length, (counts.get(length) ?? 0) + own.length);
  }
  const bands = [...counts].map(([length, completions]) => ({ completions, length }));
  const rows = bands.reduce((sum, { completions, length }) => sum + completions * length, 0);
  const padded = sorted.length * longest;
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return padded - rows >= LEAST_SPARED * padded && rows > tokens ? bands : undefined;
}
