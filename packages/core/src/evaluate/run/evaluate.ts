/** Evaluates a policy on items of a benchmark under one or several conditions, on from where an earlier process stopped. */
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
import { askBatches, batchItems, withoutSilence } from './generate-answers.ts';
import type { ItemBatch, SpendingWatch } from './generate-answers.ts';
import type { JudgeModel } from './judge-model.ts';
import { judgeRows } from './judge-rows.ts';
import { hashesOf, toLine, withVerdicts } from './prediction-lines.ts';
import type { PromptHashes } from './prediction-lines.ts';
import { rewardMeasures } from './reward-measures.ts';

/** How far an evaluation is. */
export interface EvaluationProgress {
  readonly condition: EvaluationCondition;
  readonly done: number;
  readonly total: number;
}

/** How items are evaluated. */
export interface EvaluateOptions {
  /** One after the other. */
  readonly conditions: readonly EvaluationCondition[];
  /** How videos are shown; absent: as the benchmark and the policy do. */
  readonly as?: ShownAs;
  /** Prompts sampled at once. */
  readonly batchSize: number;
  readonly sampling: SamplingParameters;
  /** Answers to each item. Default: 1. */
  readonly samples?: number;
  /** Of sampling, of shuffled frames and of swapped videos. */
  readonly seed: number;
  /** What an earlier process kept, by `rowKey`. Answers to a prompt that is still the same are not asked again. */
  readonly earlier?: ReadonlyMap<string, PredictionRow>;
  /**
   * Generates a whole batch again when a part of it is missing, so that drawn answers are those of an evaluation that was never
   * interrupted: what is drawn for an item depends on its batch.
   */
  readonly wholeBatches?: boolean;
  /** Reads answers that no rule decides, where the benchmark has that done; without it they stay undecided. */
  readonly judge?: JudgeModel;
  /** Score the answers as well, see `rewardMeasures`. */
  readonly rewards?: readonly RunReward[];
  /** An answer without any text is an answer, as of a model in training; otherwise it counts as asked in vain. */
  readonly takesSilence?: boolean;
  /** Receives why items were left out, where the policy pays from a budget; without it a budget that is spent ends the evaluation. */
  readonly spending?: SpendingWatch;
  /** Keeps new rows; those of a batch come together. */
  readonly keep: (lines: readonly PredictionLine[]) => void;
  /** Stops the work; `evaluate` then rejects with LociError `stopped`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/**
 * Has the policy answer what is not answered yet.
 *
 * @param items from `takeItems`.
 * @returns all rows of these items by `rowKey`, condition by condition, in the order of the items.
 * @throws LociError `nothing-to-evaluate` when no item can be asked, `nothing-to-swap` when all items share one video, `samples-greedy` for
 * several greedy answers to an item, `frames-not-ours` when a condition changes frames that the policy leaves to its server (nothing was
 * asked then), `stopped`, `model-unavailable` after many failures in a row or when no item was answered, the policy's own error when it
 * forbids the first requests, `judge-failed`; failures of the policy that concern every item. Rows kept by then stay kept.
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
      `${samples} greedy answers to a question are all the same: set evaluate.decoding=sampled, or evaluate.samples=1`,
    );
  }
  const swaps = options.conditions.includes('swapped')
    ? swapsOf(benchmark, items, seed)
    : undefined;
  await checkConditions(policy, benchmark, items, options);
  const watch = watchFailures(knownBefore(options.earlier ?? new Map()));
  const rows = new Map<string, PredictionRow>();
  for (const condition of options.conditions) {
    const concerned = items.filter((item) => concernsItem(condition, item));
    const mediaOf = (item: BenchmarkItem) =>
      (condition === 'swapped' ? swaps?.get(item.id) : undefined) ?? item.media;
    const one: OneCondition = { policy, benchmark, condition, mediaOf, options, watch };
    for (const [key, row] of await evaluateCondition(one, concerned)) rows.set(key, row);
  }
  return rows;
}

/** Whether there is another scene to show, which the condition `swapped` needs. */
export function canSwap(items: readonly BenchmarkItem[]): boolean {
  return swapMedia(items, 0) !== undefined;
}

/** Tries on one video whether frames can be shown as the conditions want them, before anything is asked. */
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
      // Whatever else is wrong with this one is reported when it is asked.
      if (LociError.is(thrown) && thrown.code === 'frames-not-ours') throw thrown;
    }
  }
}

/** What one condition is evaluated with. */
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
  const isKnownUnasked = (item: BenchmarkItem): boolean =>
    earlier.get(rowKey({ condition, item }))?.prediction.status === 'not-asked';
  const all = batchItems(policy, items, options.batchSize);
  for (const batch of options.wholeBatches === true ? all : []) {
    if (batch.items.every((item) => isDone(item) || isKnownUnasked(item))) continue;
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
  const asked$ = askBatches(policy, benchmark, batches, { ...options, condition, mediaOf }).pipe(
    map((asked) => (options.takesSilence === true ? asked : withoutSilence(asked))),
    concatMap(async (asked) => {
      const groups = new Set(asked.flatMap(({ group }) => group ?? []));
      const measured = await rewardMeasures([...groups], options.rewards ?? []);
      return { asked, measured };
    }),
    mergeMap(({ asked, measured }) => {
      const lines = asked.map((entry) =>
        toLine(entry, benchmark, condition, {
          hashes: hashes.get(entry.item.id)!,
          media: mediaOf(entry.item),
          measures: entry.rollout && measured.get(entry.rollout),
        }),
      );
      if (lines.length > 0) keep(lines);
      for (const line of lines) rows.set(rowKey(line), line);
      done += new Set(asked.map(({ item }) => item.id)).size;
      progress();
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
    items.flatMap((item) =>
      keysOf(item).flatMap((key) => {
        const row = rows.get(key);
        return row === undefined ? [] : [[key, row] as const];
      }),
    ),
  );
}

/** Whether a kept row answers the prompt that would be shown now. */
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
    `The items of ${benchmark.name} share one video: the condition "swapped" has no other to show`,
  );
}
