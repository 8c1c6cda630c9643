/** Asks a whole benchmark in one or several passes, on from where an earlier process stopped. */
import { concat, from, lastValueFrom, map, mergeMap, tap } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';
import { deriveSeed, permutation } from '../random/seed.ts';
import { untilAborted } from '../rollout/until-aborted.ts';
import type { Benchmark, BenchmarkItem, Policy, SamplingParameters } from '../spec/index.ts';
import { askBatches, batchItems, withoutSilence } from './ask-items.ts';
import type { AskedItem, ItemBatch } from './ask-items.ts';
import { watchFailures } from './failure-watch.ts';
import type { FailureWatch, KnownBefore } from './failure-watch.ts';
import type { JudgeModel } from './judge-model.ts';
import { judgeRows } from './judge-rows.ts';
import { concerns, treatmentOf } from './passes.ts';
import type { EvaluationPass } from './passes.ts';
import { promptHash, rowKey, scorablePart } from './predictions.ts';
import type { PredictionLine, PredictionRow } from './predictions.ts';
import { swapMedia } from './swap-media.ts';

/** How far an evaluation is. */
export interface BenchmarkProgress {
  readonly pass: EvaluationPass;
  readonly done: number;
  readonly total: number;
}

/** What is asked, and how. */
export interface BenchmarkRunOptions {
  /** Items asked, a seeded sample of all in the benchmark's order; all when absent. */
  readonly items?: number;
  /** One after the other. */
  readonly passes: readonly EvaluationPass[];
  readonly batchSize: number;
  readonly sampling: SamplingParameters;
  /** Of the sample of items, of sampling, of shuffled frames and swapped videos. */
  readonly seed: number;
  /** What an earlier process kept, by `rowKey`. Answers to a prompt that is still the same are not asked again. */
  readonly earlier?: ReadonlyMap<string, PredictionRow>;
  /** Reads answers that no rule decides, where the benchmark has that done; without it they stay undecided. */
  readonly judge?: JudgeModel;
  /** An answer without any text is an answer, as of a model in training; otherwise it counts as asked in vain. */
  readonly takesSilence?: boolean;
  /** Keeps new rows; those of a batch come together. */
  readonly keep: (lines: readonly PredictionLine[]) => void;
  /** Stops the work; `runBenchmark` then rejects with LociError `stopped`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchmarkProgress) => void;
}

/**
 * Asks what is not answered yet.
 *
 * @returns all rows of this benchmark run by `rowKey`, pass by pass, in the benchmark's order.
 * @throws LociError `nothing-to-evaluate` when the benchmark has no items or none can be asked, `frames-not-ours` when a pass shows
 * frames that the policy leaves to its server (nothing was asked then), `stopped`, `model-unavailable` after many failures in a row
 * or when no item was answered, `remote-forbidden` when the first are all forbidden, `judge-failed`; failures of the policy that concern
 * every item. Rows kept by then stay kept.
 */
export async function runBenchmark(
  policy: Policy,
  benchmark: Benchmark,
  options: BenchmarkRunOptions,
): Promise<ReadonlyMap<string, PredictionRow>> {
  const items = await takeItems(benchmark, options);
  const rows = new Map<string, PredictionRow>();
  await checkPasses(policy, benchmark, items, options);
  const watch = watchFailures(knownBefore(options.earlier ?? new Map()));
  for (const pass of options.passes) {
    const concerned = items.filter((item) => concerns(pass, item));
    for (const [key, row] of await runPass(policy, benchmark, pass, concerned, options, watch)) {
      rows.set(key, row);
    }
  }
  return rows;
}

/** Tries on one video whether frames can be shown as the passes want them, before anything is asked. */
async function checkPasses(
  policy: Policy,
  benchmark: Benchmark,
  items: readonly BenchmarkItem[],
  { passes, seed }: BenchmarkRunOptions,
): Promise<void> {
  const changed = passes.find((pass) => pass !== 'as-filmed' && pass !== 'swapped');
  const item = items.find(
    ({ missing, media }) => missing === undefined && media.some(({ kind }) => kind === 'video'),
  );
  if (changed === undefined || item === undefined) return;
  try {
    await policy.processor.encode(benchmark.render(item), treatmentOf(changed, item, seed));
  } catch (thrown) {
    // Whatever else is wrong with this one is told when it is asked.
    if (LociError.is(thrown) && thrown.code === 'frames-not-ours') throw thrown;
  }
}

/** The items of a benchmark, or a seeded sample of them, in its order. */
async function takeItems(
  benchmark: Benchmark,
  { items: limit = Infinity, seed }: BenchmarkRunOptions,
): Promise<readonly BenchmarkItem[]> {
  const items: BenchmarkItem[] = [];
  const ids = new Set<string>();
  for await (const item of benchmark.items()) {
    if (ids.has(item.id)) {
      throw new LociError('item-twice', `${benchmark.name} has two items with the id ${item.id}`);
    }
    ids.add(item.id);
    items.push(item);
  }
  if (items.length === 0) {
    throw new LociError('nothing-to-evaluate', `${benchmark.name} has no items`);
  }
  if (items.length <= limit) return items;
  const chosen = new Set(permutation(items.length, deriveSeed(seed, 'items')).slice(0, limit));
  return items.filter((_, index) => chosen.has(index));
}

async function runPass(
  policy: Policy,
  benchmark: Benchmark,
  pass: EvaluationPass,
  items: readonly BenchmarkItem[],
  options: BenchmarkRunOptions,
  watch: FailureWatch,
): Promise<ReadonlyMap<string, PredictionRow>> {
  const { earlier, keep, onProgress, seed, judge, signal } = options;
  const swaps = pass === 'swapped' ? swapsOf(benchmark, items, seed) : undefined;
  const shownInstead = (item: BenchmarkItem) => swaps?.get(item.id) ?? item.media;
  const hashes = new Map(
    items.map((item) => [item.id, hashOf(benchmark, { ...item, media: shownInstead(item) })]),
  );
  const rows = new Map<string, PredictionRow>();
  for (const item of items) {
    const kept = earlier?.get(rowKey({ pass, item }));
    if (kept?.prediction.status !== 'answered' || kept.promptHash !== hashes.get(item.id)) continue;
    rows.set(rowKey(kept), kept);
  }
  const keptRows = [...rows.values()];
  const left = (batch: ItemBatch): ItemBatch => ({
    ...batch,
    items: batch.items.filter((item) => !rows.has(rowKey({ pass, item }))),
  });
  const batches = batchItems(policy, items, options.batchSize)
    .map(left)
    .filter((batch) => batch.items.length > 0);
  onProgress?.({ pass, done: rows.size, total: items.length });
  const asked$ = askBatches(policy, benchmark, batches, {
    ...options,
    pass,
    mediaOf: shownInstead,
  }).pipe(
    map((asked) => (options.takesSilence === true ? asked : withoutSilence(asked))),
    mergeMap((asked) => {
      const lines = asked.map((entry) =>
        toLine(entry, benchmark, pass, hashes.get(entry.item.id)!),
      );
      keep(lines);
      for (const line of lines) rows.set(rowKey(line), line);
      onProgress?.({ pass, done: rows.size, total: items.length });
      watch.note(asked);
      return lines;
    }),
  );
  const rows$ = concat<PredictionRow[]>(from(keptRows), asked$);
  const judged$ =
    judge === undefined
      ? rows$
      : judgeRows(rows$, benchmark, judge).pipe(
          tap((row) => {
            keep([withVerdicts(row, benchmark)]);
            rows.set(rowKey(row), row);
          }),
          untilAborted(signal),
        );
  await lastValueFrom(judged$, { defaultValue: undefined });
  watch.end();
  return new Map(
    items.map((item) => {
      const key = rowKey({ pass, item });
      return [key, rows.get(key)!];
    }),
  );
}

function knownBefore(earlier: ReadonlyMap<string, PredictionRow>): KnownBefore {
  const failed = new Set<string>();
  let answered = false;
  for (const { item, prediction } of earlier.values()) {
    if (prediction.status === 'failed') failed.add(item.id);
    if (prediction.status === 'answered') answered = true;
  }
  return { answered, failed: (id) => failed.has(id) };
}

function swapsOf(benchmark: Benchmark, items: readonly BenchmarkItem[], seed: number) {
  const swaps = swapMedia(items, deriveSeed(seed, 'swap'));
  if (swaps !== undefined) return swaps;
  throw new LociError(
    'nothing-to-swap',
    `The items of ${benchmark.name} share one video: the pass "swapped" has no other to show`,
  );
}

/** Items that cannot be shown have no prompt, and an empty digest. */
function hashOf(benchmark: Benchmark, item: BenchmarkItem): string {
  return item.missing === undefined ? promptHash(benchmark.render(item)) : '';
}

function toLine(
  { item, prediction, group }: AskedItem,
  benchmark: Benchmark,
  pass: EvaluationPass,
  hash: string,
): PredictionLine {
  const [rollout] = group?.rollouts ?? [];
  const row: PredictionRow = {
    pass,
    item: scorablePart(item),
    promptHash: hash,
    shown: group?.prompt.shown ?? [],
    prediction,
    ...(rollout && { finishReason: rollout.finishReason }),
    ...(rollout?.usage && { usage: rollout.usage }),
  };
  return withVerdicts(row, benchmark);
}

function withVerdicts(row: PredictionRow, { scorers }: Benchmark): PredictionLine {
  const verdicts = scorers.map(
    (scorer) => [scorer.name, scorer.score(row.item, row.prediction)] as const,
  );
  return { ...row, verdicts: Object.fromEntries(verdicts) };
}
