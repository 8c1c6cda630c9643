/** Has a policy answer the items of a benchmark, in batches or side by side as the policy takes them, and reports what became of each. */
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

/** How items are asked. */
export interface AskOptions {
  readonly condition: EvaluationCondition;
  /** How videos are shown; absent: as the benchmark and the policy do. */
  readonly as?: ShownAs;
  /** How to draw. */
  readonly sampling: SamplingParameters;
  /** Answers to each item. Default: 1. */
  readonly samples?: number;
  /** Of sampling and of shuffled frames. */
  readonly seed: number;
  /** Prompts sampled at once by a policy that takes batches. */
  readonly batchSize: number;
  /** What is shown instead of an item's own media, under the condition `swapped`. */
  readonly mediaOf?: (item: BenchmarkItem) => readonly MediaReference[];
  /** Stops the work; the stream then errors with LociError `stopped`. */
  readonly signal?: AbortSignal;
  /** Noted when the budget does not allow a request: that item, and those that come after it, are left out. */
  readonly spending?: SpendingWatch;
}

/** Whether the money for an evaluation was spent before its end. */
export interface SpendingWatch {
  /** Why the first item was left out. */
  spentBecause?: string;
}

/** What became of an item, or of one of its answers where it gets several. */
export interface AskedItem {
  readonly item: BenchmarkItem;
  readonly prediction: Prediction;
  /** Which of several answers this is; 0 also of an item that got none. */
  readonly sample: number;
  /** What was shown and drawn; absent when it could not be asked or no answer came. */
  readonly group?: RolloutGroup;
  readonly rollout?: Rollout;
  /** When it was asked in vain: what the failure is about. */
  readonly failure?: Failure;
}

/** Why an item was asked in vain. */
export interface Failure {
  readonly concerns: ErrorConcern;
  /** Of the policy's error; absent where the answer says nothing. */
  readonly error?: LociError;
}

/** Items that are asked together: their seed depends on where they stand among all items, and on nothing else. */
export interface ItemBatch {
  readonly items: readonly BenchmarkItem[];
  /** Index of the first item among all. */
  readonly start: number;
}

/** Cuts items into the batches in which a policy is asked: a policy that works on several requests at once is asked one by one. */
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
 * Asks batches, as many at once as the policy works on.
 *
 * @returns what became of each batch, in the order in which they are done. Errors with LociError `stopped`, and with whatever goes
 * wrong beyond a single item: the key of a server, an engine out of memory. All sampling that is under way ends with it.
 */
export function askBatches(
  policy: Policy,
  benchmark: Benchmark,
  batches: readonly ItemBatch[],
  options: AskOptions,
): Observable<readonly AskedItem[]> {
  const { concurrentSamples = 1 } = policy.capabilities;
  return from(batches).pipe(
    mergeMap((batch) => askBatch(policy, benchmark, batch, options), concurrentSamples),
    untilAborted(options.signal),
  );
}

function askBatch(
  policy: Policy,
  benchmark: Benchmark,
  { items, start }: ItemBatch,
  options: AskOptions,
): Observable<readonly AskedItem[]> {
  // Reading the media of what nobody pays for is in vain.
  const isSpent = () => options.spending?.spentBecause !== undefined;
  const encodeAll = async (): Promise<readonly (EncodedItem | AskedItem)[]> => {
    if (isSpent()) return [];
    const encoded: (EncodedItem | AskedItem)[] = [];
    for (const item of items) encoded.push(await encode(policy, benchmark, item, options));
    return encoded;
  };
  return defer(encodeAll).pipe(
    concatMap((encoded) => {
      const asked = encoded.filter((entry) => 'prompt' in entry);
      return answer(policy, benchmark, asked, start, options).pipe(
        map((answers) =>
          encoded.flatMap((entry) => {
            if (!('prompt' in entry)) return [entry];
            return (answers[asked.indexOf(entry)] ?? []).map((one) => ({
              item: entry.item,
              ...one,
            }));
          }),
        ),
      );
    }),
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
  { condition, as, sampling, seed, mediaOf }: AskOptions,
): Promise<EncodedItem | AskedItem> {
  const { maxTokens } = policy.capabilities;
  const skip = (reason: string): AskedItem => ({
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

type Answers = readonly Omit<AskedItem, 'item'>[];

function answer(
  policy: Policy,
  { setup }: Benchmark,
  asked: readonly EncodedItem[],
  start: number,
  { sampling, samples = 1, seed, condition, spending }: AskOptions,
): Observable<readonly Answers[]> {
  if (asked.length === 0) return of([]);
  const request = {
    prompts: asked.map(({ item, prompt }) => ({ sample: sampleOfItem(item), prompt })),
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
      if (asked.length !== 1 || !LociError.is(thrown) || !thrown.concerns) throw thrown;
      const prediction = { status: 'failed', reason: thrown.message } as const;
      const failure = { concerns: thrown.concerns, error: thrown };
      return of([[{ prediction, sample: 0, failure }]]);
    }),
  );
}

/** Thinking that nobody asked for is no part of the answer: the authors' scripts never see it. */
function answered(
  group: RolloutGroup,
  { text: said, answer }: Rollout,
  prompt: PromptStyle,
): Prediction {
  // Who adds nothing to what the prompt opened has said nothing.
  const text = saysNothing(said) ? said : turnText(group.prompt.opened, said);
  if (prompt !== 'official') return { status: 'answered', output: text };
  const split = splitThinking(text);
  const output = answer ?? (split.thinking === '' ? said : split.answer);
  if (output === said) return { status: 'answered', output };
  const thinking = text.endsWith(output)
    ? text.slice(0, text.length - output.length)
    : split.thinking;
  return { status: 'answered', output, thinking };
}

/** Items whose answer says nothing count as asked in vain. */
export function withoutSilence(asked: readonly AskedItem[]): readonly AskedItem[] {
  return asked.map((entry) => {
    const { prediction } = entry;
    if (prediction.status !== 'answered' || !saysNothing(prediction.output)) return entry;
    return { ...entry, prediction: silent(prediction), failure: { concerns: 'item' as const } };
  });
}
