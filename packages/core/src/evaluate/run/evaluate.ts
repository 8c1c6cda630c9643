/** Evaluates a policy on items of a benchmark under one or several conditions, and resumes what an earlier process left. */
import { concat, concatMap, from, lastValueFrom, map, mergeMap, tap } from 'rxjs';
import { LociError } from '../../errors/loci-error.ts';
import { deriveSeed } from '../../random/seed.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import { untilAborted } from '../../rollout/until-aborted.ts';
import type {
  Benchmark,
  BenchmarkItem,
  EvaluationCondition,
  Policy,
  SamplingParameters,
} from '../../spec/index.ts';
import { concernsItem, showVideos, treatmentOf } from '../items/conditions.ts';
import type { ShownAs } from '../items/conditions.ts';
import { swapMedia } from '../items/swap-media.ts';
import { rowKey } from '../store/predictions.ts';
import type { PredictionLine, PredictionRow } from '../store/predictions.ts';
import { watchFailures } from './failure-watch.ts';
import type { FailureWatch, KnownBefore } from './failure-watch.ts';
import { batchItems, generateBatches, withoutSilence } from './generate-answers.ts';
import type { ItemBatch, SpendingWatch } from './generate-answers.ts';
import type { JudgeModel } from './judge-model.ts';
import { judgeRows } from './judge-rows.ts';
import { hashesOf, toLine, withVerdicts } from './prediction-lines.ts';
import type { PromptHashes } from './prediction-lines.ts';
import { rewardMeasures } from './reward-measures.ts';

/** The progress of an evaluation under one condition, in items. */
export interface EvaluationProgress {
  readonly condition: EvaluationCondition;
  readonly done: number;
  readonly total: number;
}

/** The settings of an evaluation. */
export interface EvaluateOptions {
  /** Evaluated one after the other. */
  readonly conditions: readonly EvaluationCondition[];
  /** How videos are shown; absent: as the benchmark and the policy do. */
  readonly as?: ShownAs;
  /** Prompts sampled together. */
  readonly batchSize: number;
  readonly sampling: SamplingParameters;
  /** Answers to each item. Default: 1. */
  readonly samples?: number;
  /** Of sampling, of shuffled frames and of swapped videos. */
  readonly seed: number;
  /** Rows of an earlier process, by `rowKey`. Answers to an unchanged prompt are not generated again. */
  readonly earlier?: ReadonlyMap<string, PredictionRow>;
  /**
   * Generates a whole batch again when a part of it is missing. The draws for an item depend on its batch, so the answers are then those of
   * an uninterrupted evaluation.
   */
  readonly wholeBatches?: boolean;
  /** Reads answers that no rule decides, for benchmarks that use a judge; without it they stay undecided. */
  readonly judge?: JudgeModel;
  /** Score the answers as well, see `rewardMeasures`. */
  readonly rewards?: readonly RunReward[];
  /** Whether an answer without text counts as an answer, as for a model in training; otherwise it counts as failed. */
  readonly takesSilence?: boolean;
  /** Records why items were left out when a budget is spent; without it a spent budget ends the evaluation. */
  readonly spending?: SpendingWatch;
  /** Stores new rows; those of a batch come together. */
  readonly keep: (lines: readonly PredictionLine[]) => void;
  /** Stops the work; `evaluate` then rejects with LociError `stopped`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/**
 * Generates the missing answers.
 *
 * @param items From `takeItems`.
 * @returns All rows of these items by `rowKey`, condition by condition, in the order of the items.
 * @throws LociError `nothing-to-evaluate` when every item is skipped, `nothing-to-swap` when all items share one video, `samples-greedy` for
 * several greedy answers to an item, `frames-not-ours` when a condition changes frames that the policy leaves to its server (before any
 * request), `stopped`, `model-unavailable` after many failures in a row or when no item was answered, the policy's own error when its
 * server forbids the first requests, `judge-failed`; and errors of the policy that concern every item. Stored rows stay.
 */
export async function evaluate(
  policy: Policy,
  benchmark: Benchmark,
  items: readonly BenchmarkItem[],
  options: EvaluateOptions,
): Promise<ReadonlyMap<string, PredictionRow>> {
  const { samples = 1, sampling, seed } = options;
  if (samples > 1 && sampling.temperature === 0) {
    throw new LociError(
      'samples-greedy',
      `${samples} greedy answers to a question are all the same; set evaluate.decoding=sampled, or evaluate.samples=1`,
    );
  }
  const swaps = options.conditions.includes('swapped')
    ? swapsOf(benchmark, items, seed)
    : undefined;
  await checkConditions(policy, benchmark, items, options);
  const watch = watchFailures(knownBefore(options.earlier ?? new Map()));
  const rows = new Map<string, PredictionRow>();
  for (const condition of options.conditions) {
    const applicable = items.filter((item) => concernsItem(condition, item));
    const mediaOf = (item: BenchmarkItem) =>
      (condition === 'swapped' ? swaps?.get(item.id) : undefined) ?? item.media;
    const one: OneCondition = { policy, benchmark, condition, mediaOf, options, watch };
    for (const [key, row] of await evaluateCondition(one, applicable)) rows.set(key, row);
  }
  return rows;
}

/** Whether the items show at least two scenes, which the condition `swapped` needs. */
export function canSwap(items: readonly BenchmarkItem[]): boolean {
  return swapMedia(items, 0) !== undefined;
}

/** Encodes one video under each condition before the first request, to check that the policy can change its frames. */
async function checkConditions(
  policy: Policy,
  benchmark: Benchmark,
  items: readonly BenchmarkItem[],
  { conditions, as, seed }: EvaluateOptions,
): Promise<void> {
  const changed = conditions.filter(
    (condition) => as !== undefined || (condition !== 'as-filmed' && condition !== 'swapped'),
  );
  const item = items.find(
    ({ missing, media }) => missing === undefined && media.some(({ kind }) => kind === 'video'),
  );
  if (item === undefined) return;
  for (const condition of changed) {
    try {
      const messages = showVideos(benchmark.render(item), condition, as);
      await policy.processor.encode(messages, treatmentOf(condition, item, seed));
    } catch (thrown) {
      // Any other error of this item is reported in its own turn.
      if (LociError.is(thrown) && thrown.code === 'frames-not-ours') throw thrown;
    }
  }
}

/** The parts of an evaluation under one condition. */
interface OneCondition {
  readonly policy: Policy;
  readonly benchmark: Benchmark;
  readonly condition: EvaluationCondition;
  readonly mediaOf: (item: BenchmarkItem) => BenchmarkItem['media'];
  readonly options: EvaluateOptions;
  readonly watch: FailureWatch;
}

async function evaluateCondition(
  { policy, benchmark, condition, mediaOf, options, watch }: OneCondition,
  items: readonly BenchmarkItem[],
): Promise<ReadonlyMap<string, PredictionRow>> {
  const {
    as,
    earlier = new Map<string, PredictionRow>(),
    keep,
    judge,
    signal,
    samples = 1,
  } = options;
  const hashes = new Map(
    items.map((item) => [
      item.id,
      hashesOf(benchmark, { ...item, media: mediaOf(item) }, condition, as),
    ]),
  );
  const rows = new Map<string, PredictionRow>();
  const keysOf = (item: BenchmarkItem): readonly string[] =>
    Array.from({ length: samples }, (_, sample) => rowKey({ condition, item, sample }));
  for (const item of items) {
    const kept = keysOf(item).flatMap((key) => earlier.get(key) ?? []);
    const isWhole =
      kept.length === samples && kept.every((row) => isStill(row, hashes.get(item.id)!));
    if (isWhole) for (const row of kept) rows.set(rowKey(row), row);
  }
  const isDone = (item: BenchmarkItem): boolean => keysOf(item).some((key) => rows.has(key));
  const wasSkipped = (item: BenchmarkItem): boolean =>
    earlier.get(rowKey({ condition, item }))?.prediction.status === 'not-asked';
  const all = batchItems(policy, items, options.batchSize);
  for (const batch of options.wholeBatches === true ? all : []) {
    if (batch.items.every((item) => isDone(item) || wasSkipped(item))) continue;
    for (const key of batch.items.flatMap(keysOf)) rows.delete(key);
  }
  const keptRows = [...rows.values()];
  const left = (batch: ItemBatch): ItemBatch => ({
    ...batch,
    items: batch.items.filter((item) => !isDone(item)),
  });
  const batches = all.map(left).filter((batch) => batch.items.length > 0);
  let done = items.filter(isDone).length;
  const progress = (): void => options.onProgress?.({ condition, done, total: items.length });
  progress();
  const settings = { ...options, condition, mediaOf };
  const new$ = generateBatches(policy, benchmark, batches, settings).pipe(
    map((outcomes) => (options.takesSilence === true ? outcomes : withoutSilence(outcomes))),
    concatMap(async (outcomes) => {
      const groups = new Set(outcomes.flatMap(({ group }) => group ?? []));
      const measured = await rewardMeasures([...groups], options.rewards ?? []);
      return { outcomes, measured };
    }),
    mergeMap(({ outcomes, measured }) => {
      const lines = outcomes.map((entry) =>
        toLine(entry, benchmark, condition, {
          hashes: hashes.get(entry.item.id)!,
          media: mediaOf(entry.item),
          measures: entry.rollout && measured.get(entry.rollout),
        }),
      );
      if (lines.length > 0) keep(lines);
      for (const line of lines) rows.set(rowKey(line), line);
      done += new Set(outcomes.map(({ item }) => item.id)).size;
      progress();
      watch.note(outcomes);
      return lines;
    }),
  );
  const rows$ = concat<PredictionRow[]>(from(keptRows), new$);
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
    items.flatMap((item) =>
      keysOf(item).flatMap((key) => {
        const row = rows.get(key);
        return row === undefined ? [] : [[key, row] as const];
      }),
    ),
  );
}

/** Whether a stored row answers the current prompt. */
function isStill(row: PredictionRow, hashes: PromptHashes): boolean {
  return row.prediction.status === 'answered' && row.promptHash === hashes.promptHash;
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
    `The items of ${benchmark.name} share one video, so the condition "swapped" has no other to show; leave it out of the conditions, or evaluate more items`,
  );
}
