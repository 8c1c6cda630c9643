/** Generates a policy's answers to the items of a benchmark, in batches or concurrently, whichever the policy takes. */
import { catchError, concatMap, defer, filter, from, map, mergeMap, of, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError } from '../../errors/loci-error.ts';
import type { ErrorConcern } from '../../errors/loci-error.ts';
import { isRefusal } from '../../errors/refusal.ts';
import { deriveSeed } from '../../random/seed.ts';
import { collectGroups } from '../../rollout/collect-groups.ts';
import { turnText } from '../../rollout/opened-text.ts';
import { untilAborted } from '../../rollout/until-aborted.ts';
import { BUDGET_SPENT } from '../../spending/budget.ts';
import type {
  Benchmark,
  BenchmarkItem,
  EncodedPrompt,
  EvaluationCondition,
  MediaReference,
  Policy,
  Prediction,
  PromptStyle,
  Rollout,
  RolloutGroup,
  SamplingParameters,
} from '../../spec/index.ts';
import { showVideos, treatmentOf } from '../items/conditions.ts';
import type { ShownAs } from '../items/conditions.ts';
import { sampleOfItem } from '../items/items.ts';
import { silent } from '../store/predictions.ts';
import { saysNothing, splitThinking } from '../store/split-thinking.ts';
import { readerAhead } from './read-ahead.ts';

/** How answers are generated. */
export interface GenerateOptions {
  readonly condition: EvaluationCondition;
  /** How videos are shown; absent: as the benchmark and the policy do. */
  readonly as?: ShownAs;
  readonly sampling: SamplingParameters;
  /** Answers to each item. Default: 1. */
  readonly samples?: number;
  /** Of sampling and of shuffled frames. */
  readonly seed: number;
  /** Prompts sampled together by a policy that takes batches. */
  readonly batchSize: number;
  /** Media that replace an item's own, under the condition `swapped`. */
  readonly mediaOf?: (item: BenchmarkItem) => readonly MediaReference[];
  /** Stops the work; the stream then errors with LociError `stopped`. */
  readonly signal?: AbortSignal;
  /** Records that the budget does not allow a request. That item and the later ones are left out. */
  readonly spending?: SpendingWatch;
}

/** Whether the budget of an evaluation was spent before its end. */
export interface SpendingWatch {
  /** Why the first item was left out. */
  spentBecause?: string;
}

/** The outcome of an item, or of one of its answers when it gets several. */
export interface ItemOutcome {
  readonly item: BenchmarkItem;
  readonly prediction: Prediction;
  /** Index among several answers; 0 for an item without any. */
  readonly sample: number;
  /** The prompt and its completions; absent when the item was skipped or failed. */
  readonly group?: RolloutGroup;
  readonly rollout?: Rollout;
  /** Set when the prediction failed. */
  readonly failure?: Failure;
}

/** Why an item has no answer. */
export interface Failure {
  readonly concerns: ErrorConcern;
  /** Of the policy; absent when the answer is empty. */
  readonly error?: LociError;
}

/** Items that are sampled together. Their seed depends only on their position among all items. */
export interface ItemBatch {
  readonly items: readonly BenchmarkItem[];
  /** Index of the first item among all. */
  readonly start: number;
}

/** Cuts items into batches. A policy that takes concurrent requests gets batches of one. */
export function batchItems(
  policy: Policy,
  items: readonly BenchmarkItem[],
  batchSize: number,
): readonly ItemBatch[] {
  const size = policy.capabilities.concurrentSamples === undefined ? batchSize : 1;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, batch) => ({
    items: items.slice(batch * size, (batch + 1) * size),
    start: batch * size,
  }));
}

/**
 * Largest batch behind which the next one is read ahead, in bytes of patches: 48 films of 16 small frames take 22 MB, 48 of SpaceR's 1 GB.
 */
const MOST_BYTES_AHEAD = 128 * 2 ** 20;

/**
 * Generates the answers of batches, as many concurrently as the policy takes. For a policy that takes one batch at a time, the next one is
 * read meanwhile.
 *
 * @returns The outcomes of each batch, in the order in which batches end. Errors with LociError `stopped`, and with errors that concern more
 * than one item, such as a wrong key or an engine out of memory. An error ends all sampling under way.
 */
export function generateBatches(
  policy: Policy,
  benchmark: Benchmark,
  batches: readonly ItemBatch[],
  options: GenerateOptions,
): Observable<readonly ItemOutcome[]> {
  const { concurrentSamples = 1 } = policy.capabilities;
  const read = (batch: ItemBatch) => encodeBatch(policy, benchmark, batch, options);
  const inTurn = readerAhead(batches, { read, bytesOf, mostBytes: MOST_BYTES_AHEAD });
  return from(batches).pipe(
    mergeMap(
      (batch, place) =>
        defer(() => (concurrentSamples === 1 ? inTurn(place) : read(batch))).pipe(
          concatMap((encoded) => answerBatch(policy, benchmark, batch, encoded, options)),
        ),
      concurrentSamples,
    ),
    untilAborted(options.signal),
  );
}

/** Items that are read at the same time, so that one is decoded while another is read from disk. */
const READ_AT_ONCE = 4;

/** An item that is ready to be sampled, or the outcome of one that is not asked. */
type Encoded = EncodedItem | ItemOutcome;

/** Reads the prompts of a batch; of none once the evaluation is stopped or its budget is spent, when reading media would be wasted work. */
async function encodeBatch(
  policy: Policy,
  benchmark: Benchmark,
  { items }: ItemBatch,
  options: GenerateOptions,
): Promise<readonly Encoded[]> {
  const { spending, signal } = options;
  if (spending?.spentBecause !== undefined) return [];
  const encoded: Encoded[] = [];
  for (let first = 0; first < items.length; first += READ_AT_ONCE) {
    if (signal?.aborted === true) return [];
    const some = items.slice(first, first + READ_AT_ONCE);
    const read = some.map((item) => encode(policy, benchmark, item, options));
    encoded.push(...(await Promise.all(read)));
  }
  return encoded;
}

function bytesOf(encoded: readonly Encoded[]): number {
  const media = encoded.flatMap((entry) => ('prompt' in entry ? entry.prompt.media : []));
  return media.reduce((sum, { patches }) => sum + patches.byteLength, 0);
}

function answerBatch(
  policy: Policy,
  benchmark: Benchmark,
  { start }: ItemBatch,
  encoded: readonly Encoded[],
  options: GenerateOptions,
): Observable<readonly ItemOutcome[]> {
  const prompted = encoded.filter((entry) => 'prompt' in entry);
  return answer(policy, benchmark, prompted, start, options).pipe(
    map((answers) =>
      encoded.flatMap((entry) => {
        if (!('prompt' in entry)) return [entry];
        return (answers[prompted.indexOf(entry)] ?? []).map((one) => ({
          item: entry.item,
          ...one,
        }));
      }),
    ),
  );
}

interface EncodedItem {
  readonly item: BenchmarkItem;
  readonly prompt: EncodedPrompt;
}

async function encode(
  policy: Policy,
  benchmark: Benchmark,
  item: BenchmarkItem,
  { condition, as, sampling, seed, mediaOf }: GenerateOptions,
): Promise<EncodedItem | ItemOutcome> {
  const { maxTokens } = policy.capabilities;
  const skip = (reason: string): ItemOutcome => ({
    item,
    sample: 0,
    prediction: { status: 'not-asked', reason },
  });
  if (item.missing !== undefined) return skip(item.missing);
  const media = mediaOf?.(item) ?? item.media;
  try {
    const messages = showVideos(benchmark.render({ ...item, media }), condition, as);
    const prompt = await policy.processor.encode(messages, treatmentOf(condition, item, seed));
    const length = prompt.tokenIds.length;
    if (length + sampling.maxNewTokens <= maxTokens) return { item, prompt };
    return skip(
      `its prompt of ${length} tokens and an answer of up to ${sampling.maxNewTokens} exceed the ${maxTokens} tokens of the model`,
    );
  } catch (thrown) {
    if (isRefusal(thrown)) return skip(thrown.message);
    throw thrown;
  }
}

type Answers = readonly Omit<ItemOutcome, 'item'>[];

function answer(
  policy: Policy,
  { setup }: Benchmark,
  prompted: readonly EncodedItem[],
  start: number,
  { sampling, samples = 1, seed, condition, spending }: GenerateOptions,
): Observable<readonly Answers[]> {
  if (prompted.length === 0) return of([]);
  const request = {
    prompts: prompted.map(({ item, prompt }) => ({ sample: sampleOfItem(item), prompt })),
    completionsPerPrompt: samples,
    sampling,
    seed: deriveSeed(seed, condition, start),
  };
  return collectGroups(policy, request).pipe(
    filter((event) => event.type === 'group'),
    toArray(),
    map((events) =>
      events
        .sort((a, b) => a.index - b.index)
        .map(({ group }) =>
          group.rollouts.map((rollout, sample) => ({
            ...{ group, rollout, sample },
            prediction: answered(group, rollout, setup.prompt),
          })),
        ),
    ),
    catchError((thrown: unknown) => {
      if (spending && LociError.is(thrown) && thrown.code === BUDGET_SPENT) {
        spending.spentBecause ??= thrown.message;
        return of([]);
      }
      if (prompted.length !== 1 || !LociError.is(thrown) || !thrown.concerns) throw thrown;
      const prediction = { status: 'failed', reason: thrown.message } as const;
      const failure = { concerns: thrown.concerns, error: thrown };
      return of([[{ prediction, sample: 0, failure }]]);
    }),
  );
}

/** The prediction of a completion. Under an official prompt, thinking is not part of the answer: the authors' scripts do not expect it. */
function answered(
  group: RolloutGroup,
  { text: sampled, answer }: Rollout,
  prompt: PromptStyle,
): Prediction {
  // A completion that adds nothing to the opened text is empty.
  const text = saysNothing(sampled) ? sampled : turnText(group.prompt.opened, sampled);
  if (prompt !== 'official') return { status: 'answered', output: text };
  const split = splitThinking(text);
  const output = answer ?? (split.thinking === '' ? sampled : split.answer);
  if (output === sampled) return { status: 'answered', output };
  const thinking = text.endsWith(output)
    ? text.slice(0, text.length - output.length)
    : split.thinking;
  return { status: 'answered', output, thinking };
}

/** Turns empty answers into failures. */
export function withoutSilence(outcomes: readonly ItemOutcome[]): readonly ItemOutcome[] {
  return outcomes.map((entry) => {
    const { prediction } = entry;
    if (prediction.status !== 'answered' || !saysNothing(prediction.output)) return entry;
    return { ...entry, prediction: silent(prediction), failure: { concerns: 'item' as const } };
  });
}
