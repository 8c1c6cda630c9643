/** Asks a whole benchmark in one or several passes, on from where an earlier process stopped. */
import { concatMap, lastValueFrom, tap } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';
import { deriveSeed, permutation } from '../random/seed.ts';
import { stopped } from '../rollout/until-aborted.ts';
import type {
  Benchmark,
  BenchmarkItem,
  Policy,
  Prediction,
  SamplingParameters,
} from '../spec/index.ts';
import { askBatches, batchItems } from './ask-items.ts';
import type { AskedItem, ItemBatch } from './ask-items.ts';
import type { JudgeModel } from './judge-model.ts';
import { concerns } from './passes.ts';
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
  /** Keeps new rows; those of a batch come together. */
  readonly keep: (lines: readonly PredictionLine[]) => void;
  /** Stops the work; `runBenchmark` then rejects with LociError `stopped`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchmarkProgress) => void;
}

/** So many failures one after another, of questions that were asked, are no fault of the questions. */
const FAILURES_IN_A_ROW = 20;

/**
 * Asks what is not answered yet.
 *
 * @returns all rows of this benchmark run by `rowKey`, pass by pass, in the benchmark's order.
 * @throws LociError `nothing-to-evaluate` when the benchmark has no items, `stopped`, `model-unavailable` after many failures in a row;
 * failures of the policy that concern every item. Rows kept by then stay kept.
 */
export async function runBenchmark(
  policy: Policy,
  benchmark: Benchmark,
  options: BenchmarkRunOptions,
): Promise<ReadonlyMap<string, PredictionRow>> {
  const items = await takeItems(benchmark, options);
  const rows = new Map<string, PredictionRow>();
  for (const pass of options.passes) {
    const concerned = items.filter((item) => concerns(pass, item));
    for (const [key, row] of await runPass(policy, benchmark, pass, concerned, options)) {
      rows.set(key, row);
    }
  }
  return rows;
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
): Promise<ReadonlyMap<string, PredictionRow>> {
  const { earlier, keep, onProgress, seed } = options;
  const swaps = pass === 'swapped' ? swapsOf(benchmark, items, seed) : undefined;
  const shownInstead = (item: BenchmarkItem) => swaps?.get(item.id) ?? item.media;
  const hashes = new Map(
    items.map((item) => [item.id, hashOf(benchmark, { ...item, media: shownInstead(item) })]),
  );
  const rows = new Map<string, PredictionRow>();
  for (const item of items) {
    const kept = earlier?.get(rowKey({ pass, item }));
    if (kept?.prediction.status !== 'answered' || kept.promptHash !== hashes.get(item.id)) continue;
    if (options.signal?.aborted === true) throw stopped();
    const judgedNow = await judgePrediction(kept.prediction, benchmark, item, options.judge);
    const row = { ...kept, prediction: judgedNow };
    if (judgedNow !== kept.prediction) keep([withVerdicts(row, benchmark)]);
    rows.set(rowKey(row), row);
  }
  const left = (batch: ItemBatch): ItemBatch => ({
    ...batch,
    items: batch.items.filter((item) => !rows.has(rowKey({ pass, item }))),
  });
  const batches = batchItems(policy, items, options.batchSize)
    .map(left)
    .filter((batch) => batch.items.length > 0);
  onProgress?.({ pass, done: rows.size, total: items.length });
  let failedInARow = 0;
  const asked$ = askBatches(policy, benchmark, batches, {
    ...options,
    pass,
    mediaOf: shownInstead,
  }).pipe(
    concatMap((asked) => judgeAll(asked, benchmark, options.judge)),
    tap((asked) => {
      const lines = asked.map((entry) =>
        toLine(entry, benchmark, pass, hashes.get(entry.item.id)!),
      );
      keep(lines);
      for (const line of lines) rows.set(rowKey(line), line);
      onProgress?.({ pass, done: rows.size, total: items.length });
      for (const { prediction } of asked) {
        if (prediction.status === 'not-asked') continue;
        failedInARow = prediction.status === 'failed' ? failedInARow + 1 : 0;
        if (failedInARow >= FAILURES_IN_A_ROW) throw unavailable(prediction);
      }
    }),
  );
  await lastValueFrom(asked$, { defaultValue: undefined });
  return new Map(
    items.map((item) => {
      const key = rowKey({ pass, item });
      return [key, rows.get(key)!];
    }),
  );
}

/** The prediction with the judge's reply, where there is a judge, rules do not decide, and it has not replied before. */
async function judgePrediction(
  prediction: Prediction,
  benchmark: Benchmark,
  item: BenchmarkItem,
  judge: JudgeModel | undefined,
): Promise<Prediction> {
  if (!judge || prediction.status !== 'answered' || prediction.judgement !== undefined) {
    return prediction;
  }
  const question = benchmark.judgePrompt?.(scorablePart(item), prediction.output);
  return question === undefined ? prediction : { ...prediction, judgement: await judge(question) };
}

function judgeAll(
  asked: readonly AskedItem[],
  benchmark: Benchmark,
  judge: JudgeModel | undefined,
): Promise<readonly AskedItem[]> {
  return Promise.all(
    asked.map(async (entry) => ({
      ...entry,
      prediction: await judgePrediction(entry.prediction, benchmark, entry.item, judge),
    })),
  );
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

function unavailable(prediction: AskedItem['prediction']): LociError {
  const reason = prediction.status === 'answered' ? '' : prediction.reason;
  return new LociError(
    'model-unavailable',
    `The last ${FAILURES_IN_A_ROW} questions all failed, the latest with: ${reason}. What was answered is kept: the same command goes on from there`,
  );
}
