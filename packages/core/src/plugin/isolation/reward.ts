/**
 * A reward in threads of its own. What it does there harms nobody else: a call that hangs is ended with its thread, one that ends
 * the thread is named, and the calls behind it are answered by the next one.
 */
import { LociError } from '../../errors/loci-error.ts';
import type { TimedReward } from '../../rollout/call-reward.ts';
import { isCounted } from '../../rollout/uncounted-text.ts';
import type { Logger, Reward } from '../../spec/index.ts';
import { IsolatedCalls } from './calls.ts';
import { RewardThread, THREAD_LIMITS, ThreadRefusal } from './handle.ts';
import type { ThreadLimits } from './handle.ts';
import type {
  GroupInput,
  IsolatedPlugin,
  RewardFacts,
  SentCompletions,
  SentInput,
} from './messages.ts';

/** How a reward is isolated. */
export interface IsolationOptions {
  readonly logger: Logger;
  /** Threads at most; a further one is started when a call waits behind one that does not come free. 1 by default. */
  readonly threads?: number;
  readonly limits?: Partial<ThreadLimits>;
}

/** A plugin that a thread has loaded, and whose options it accepts. */
export interface LoadedReward {
  readonly name: string;
  /** Makes the reward. @throws LociError what the plugin threw, or `plugin-failed`. */
  create(): Promise<IsolatedReward>;
  /** Ends the threads; what still waits is rejected. */
  dispose(): Promise<void>;
}

/** A reward whose calls are answered elsewhere. */
export type IsolatedReward = TimedReward;

/**
 * Starts a thread that loads a reward.
 *
 * @throws ThreadRefusal saying why it cannot be loaded; places in the config are marked, see `withPlaces`.
 */
export async function loadIsolated(
  plugin: IsolatedPlugin,
  { logger, threads = 1, ...options }: IsolationOptions,
): Promise<LoadedReward> {
  const limits = { ...THREAD_LIMITS, ...options.limits };
  const { thread, name } = await RewardThread.start(plugin, logger, limits);
  thread.hold(false);
  const calls = new IsolatedCalls({
    name,
    logger,
    threads,
    endsInARow: limits.endsInARow,
    graceMs: limits.graceMs,
    start: async () => {
      const started = await RewardThread.start(plugin, logger, limits);
      await started.thread.create();
      return started.thread;
    },
  });
  let first: RewardThread | undefined = thread;
  return {
    name,
    async create() {
      const made = first ?? (await RewardThread.start(plugin, logger, limits)).thread;
      first = undefined;
      try {
        made.hold(true);
        const facts = await made.create();
        calls.seat(made);
        return rewardOf(facts, calls);
      } catch (thrown) {
        throw thrown instanceof ThreadRefusal ? couldNotBeMade(name, thrown) : thrown;
      }
    },
    async dispose() {
      await Promise.all([first?.terminate(), calls.dispose()]);
      first = undefined;
    },
  };
}

function couldNotBeMade(name: string, { code, message }: ThreadRefusal): LociError {
  if (code !== 'plugin-failed') return new LociError(code, message);
  const wrapped = message.startsWith('The reward plugin')
    ? message
    : `The reward plugin "${name}" could not be made: ${message}`;
  return new LociError(code, wrapped);
}

function rewardOf({ hasExamples, ...facts }: RewardFacts, calls: IsolatedCalls): IsolatedReward {
  return {
    ...facts,
    ...(hasExamples && {
      examples: (sample) =>
        calls.ask({ kind: 'examples', sample }) as ReturnType<NonNullable<Reward['examples']>>,
    }),
    score: ({ signal, ...input }) =>
      calls.ask({ kind: 'score', input: sent(input) }, { signal }) as ReturnType<Reward['score']>,
    scoreWithin: (input, timeoutMs) =>
      calls.ask({ kind: 'score', input: sent(input) }, { timeoutMs }) as ReturnType<
        TimedReward['scoreWithin']
      >,
  };
}

/** The group as it can be cloned. */
function sent({ sample, looks, ...judged }: GroupInput): SentInput {
  return {
    sample,
    ...sentCompletions(judged),
    ...(looks && {
      looks: new Map(Array.from(looks, ([name, look]) => [name, sentCompletions(look)])),
    }),
  };
}

function sentCompletions({
  completions,
  outcomes,
}: Pick<GroupInput, 'completions' | 'outcomes'>): SentCompletions {
  return {
    completions: completions.map((completion) => {
      const { text, finishReason } = completion;
      return isCounted(completion)
        ? { text, finishReason, tokenCount: completion.tokenCount }
        : { text, finishReason };
    }),
    outcomes,
  };
}
