/** Asks the items of a benchmark, in batches or side by side as the policy likes it, and tells what became of each. */
import { catchError, concatMap, defer, filter, from, map, mergeMap, of, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';
import { isRefusal } from '../errors/refusal.ts';
import { deriveSeed } from '../random/seed.ts';
import { collectGroups } from '../rollout/collect-groups.ts';
import { turnText } from '../rollout/opened-text.ts';
import { untilAborted } from '../rollout/until-aborted.ts';
import type {
  Benchmark,
  BenchmarkItem,
  EncodedPrompt,
  MediaReference,
  Policy,
  Prediction,
  PromptStyle,
  RolloutGroup,
  SamplingParameters,
} from '../spec/index.ts';
import { sampleOfItem } from './items.ts';
import { silent } from './predictions.ts';
import { treatmentOf } from './passes.ts';
import type { EvaluationPass } from './passes.ts';
import { saysNothing, splitThinking } from './split-thinking.ts';

/** How items are asked. */
export interface AskOptions {
  readonly pass: EvaluationPass;
  /** How to draw. */
  readonly sampling: SamplingParameters;
  /** Of sampling and of shuffled frames. */
  readonly seed: number;
  /** Prompts sampled at once by a policy that takes batches. */
  readonly batchSize: number;
  /** What is shown instead of an item's own media, in the pass `swapped`. */
  readonly mediaOf?: (item: BenchmarkItem) => readonly MediaReference[];
  /** Stops the work; the stream then errors with LociError `stopped`. */
  readonly signal?: AbortSignal;
}

/** What became of an item. */
export interface AskedItem {
  readonly item: BenchmarkItem;
  readonly prediction: Prediction;
  /** What was shown and drawn; absent when it could not be asked or no answer came. */
  readonly group?: RolloutGroup;
  /** The code of the error, when it was asked in vain. */
  readonly failure?: string;
}

/** Codes of questions that were asked and not answered, which need not say anything of the others. */
const FAILURES = new Set([
  ...['remote-refused', 'remote-forbidden', 'remote-unavailable'],
  ...['remote-empty', 'remote-endless'],
]);

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
  const encodeAll = async (): Promise<readonly (EncodedItem | AskedItem)[]> => {
    const encoded: (EncodedItem | AskedItem)[] = [];
    for (const item of items) encoded.push(await encode(policy, benchmark, item, options));
    return encoded;
  };
  return defer(encodeAll).pipe(
    concatMap((encoded) => {
      const asked = encoded.filter((entry) => 'prompt' in entry);
      return answer(policy, benchmark, asked, start, options).pipe(
        map((answers) =>
          encoded.map((entry) => {
            if (!('prompt' in entry)) return entry;
            return { item: entry.item, ...answers[asked.indexOf(entry)]! };
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
  { pass, sampling, seed, mediaOf }: AskOptions,
): Promise<EncodedItem | AskedItem> {
  const { maxTokens } = policy.capabilities;
  const refuse = (reason: string): AskedItem => ({
    item,
    prediction: { status: 'not-asked', reason },
  });
  if (item.missing !== undefined) return refuse(item.missing);
  const media = mediaOf?.(item) ?? item.media;
  try {
    const messages = benchmark.render({ ...item, media });
    const prompt = await policy.processor.encode(messages, treatmentOf(pass, item, seed));
    const length = prompt.tokenIds.length;
    if (length + sampling.maxNewTokens <= maxTokens) return { item, prompt };
    return refuse(
      `its prompt of ${length} tokens and an answer of up to ${sampling.maxNewTokens} exceed the ${maxTokens} tokens of the model`,
    );
  } catch (thrown) {
    if (isRefusal(thrown)) return refuse(thrown.message);
    throw thrown;
  }
}

function answer(
  policy: Policy,
  { setup }: Benchmark,
  asked: readonly EncodedItem[],
  start: number,
  { sampling, seed, pass }: AskOptions,
): Observable<readonly Omit<AskedItem, 'item'>[]> {
  const request = {
    prompts: asked.map(({ item, prompt }) => ({ sample: sampleOfItem(item), prompt })),
    completionsPerPrompt: 1,
    sampling,
    seed: deriveSeed(seed, pass, start),
  };
  return collectGroups(policy, request).pipe(
    filter((event) => event.type === 'group'),
    toArray(),
    map((events) =>
      events
        .sort((a, b) => a.index - b.index)
        .map(({ group }) => ({
          prediction: answered(group, setup.prompt),
          group,
        })),
    ),
    catchError((thrown: unknown) => {
      if (asked.length !== 1 || !LociError.is(thrown) || !FAILURES.has(thrown.code)) throw thrown;
      const prediction = { status: 'failed', reason: thrown.message } as const;
      return of([{ prediction, failure: thrown.code }]);
    }),
  );
}

/** Thinking that nobody asked for is no part of the answer: the authors' scripts never see it. */
function answered(group: RolloutGroup, prompt: PromptStyle): Prediction {
  const { text: said = '', answer } = group.rollouts[0] ?? {};
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
    return { ...entry, prediction: silent(prediction), failure: 'said-nothing' };
  });
}
