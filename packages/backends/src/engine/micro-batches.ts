/**
 * Splits a batch into runs of few different sizes, see `layoutOf`. Groups whose media have different grids run apart, and group counts are
 * rounded up by repeating a group with weight 0. The split depends on the batch alone, never on the graphs already compiled: a resumed run
 * must round as the uninterrupted one did.
 */
import type { PolicyGroup } from '@loci/core';
import type { BatchLayout, ModelBatches, RunKind } from '../models/spec/batches.ts';
import { layoutOf } from './batch-layout.ts';

/** One run: its layout and, for each of the layout's groups, the index of a group of the batch. */
export interface MicroBatch {
  readonly layout: BatchLayout;
  /** Indices into the batch; the first `real` count, the rest repeat the last one. */
  readonly members: readonly number[];
  readonly real: number;
}

const GROUP_COUNTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

/** Groups that can share a run: they have the same number of completions, and media of the same grids. */
function kindOf({ prompt, completions }: PolicyGroup): string {
  return JSON.stringify([completions.length, prompt.media.map(({ grid }) => grid)]);
}

/**
 * Deals groups out to runs of at most `largest`, so that runs have about as many tokens: lanes that run them wait for the longest. The
 * longest group goes first, each to the run with the fewest tokens that has room.
 *
 * @param tokens of the completions of each group. @returns for each run its groups in ascending order.
 */
function dealGroups(
  indices: readonly number[],
  tokens: readonly number[],
  largest: number,
): readonly (readonly number[])[] {
  const runs = Array.from({ length: Math.ceil(indices.length / largest) }, (_, run) => ({
    room: Math.min(largest, indices.length - run * largest),
    own: [] as number[],
    tokens: 0,
  }));
  for (const index of indices.toSorted((a, b) => tokens[b]! - tokens[a]! || a - b)) {
    const open = runs.filter(({ room, own }) => own.length < room);
    const run = open.reduce((least, each) => (each.tokens < least.tokens ? each : least));
    run.own.push(index);
    run.tokens += tokens[index]!;
  }
  return runs.map(({ own }) => own.sort((a, b) => a - b));
}

/**
 * Plans the runs of a batch.
 *
 * @param maxBytes memory limit of a run, by the model's estimate; a single group is never split.
 * @param kind other properties that affect the memory of a run.
 * @param least the fewest runs for groups of one kind, as far as there are groups. Default: 1.
 */
export function planMicroBatches(
  groups: readonly PolicyGroup[],
  batches: ModelBatches,
  maxBytes: number,
  kind: RunKind = {},
  least = 1,
): MicroBatch[] {
  const kinds = new Map<string, number[]>();
  groups.forEach((group, index) => {
    if (group.completions.length === 0) return;
    const kind = kindOf(group);
    kinds.set(kind, [...(kinds.get(kind) ?? []), index]);
  });
  const tokens = groups.map(({ completions }) =>
    completions.reduce((sum, { length }) => sum + length, 0),
  );
  return [...kinds.values()].flatMap((indices) => {
    const whole = layoutOf(
      indices.map((index) => groups[index]!),
      batches,
    );
    const bytesPerGroup = batches.bytes(whole, kind) / indices.length;
    const fitting = Math.max(1, Math.floor(maxBytes / bytesPerGroup));
    const share = GROUP_COUNTS.find((count) => count >= indices.length / least) ?? Infinity;
    const largest = Math.min(
      share,
      GROUP_COUNTS.findLast((count) => count <= fitting)!,
    );
    const runs = dealGroups(indices, tokens, largest);
    return runs.map((own): MicroBatch => {
      const count = GROUP_COUNTS.find((candidate) => candidate >= own.length)!;
      const members = [...own, ...new Array<number>(count - own.length).fill(own.at(-1)!)];
      const layout = layoutOf(
        members.map((index) => groups[index]!),
        batches,
      );
      return { layout, members, real: own.length };
    });
  });
}

/**
 * Copies the rows of a run to the places of their groups, without padding.
 *
 * @param results `[group][completion]` of the whole batch, filled in.
 * @param values a figure of each token, `[groups · completions, completionLength]` of the run.
 */
export function collectTokens(
  results: Float32Array[][],
  { layout, members, real }: MicroBatch,
  groups: readonly PolicyGroup[],
  values: Float32Array,
): void {
  const { completions, completionLength } = layout;
  members.slice(0, real).forEach((index, place) => {
    results[index] = groups[index]!.completions.map((tokens, completion) => {
      const at = (place * completions + completion) * completionLength;
      return values.slice(at, at + tokens.length);
    });
  });
}
