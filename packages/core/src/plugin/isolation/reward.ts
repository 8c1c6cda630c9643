/**
 * A reward in threads of its own, so that it cannot harm the run. A hanging call is ended with its thread, a call that ends its thread is
 * named, and the next thread answers the calls behind it.
 */
import { LociError } from '../../errors/loci-error.ts';
import type { TimedReward } from '../../rollout/call-reward.ts';
import { isCounted } from '../../rollout/uncounted-text.ts';
import type { Logger, Reward } from '../../spec/index.ts';
import { IsolatedCalls } from './calls.ts';
import { RewardThread, THREAD_LIMITS, ThreadStartError } from './handle.ts';
import type { ThreadLimits } from './handle.ts';
import type {
  GroupInput,
  IsolatedPlugin,
  RewardTraits,
  SentCompletions,
  SentInput,
} from './messages.ts';

/** How a reward is isolated. */
export interface IsolationOptions {
  readonly logger: Logger;
  /** Most threads, 1 by default. A further one starts when a call waits for a busy thread. */
  readonly threads?: number;
  readonly limits?: Partial<ThreadLimits>;
}

/** A plugin that a thread has loaded, with valid options. */
export interface LoadedReward {
  readonly name: string;
  /** Creates the reward. @throws LociError of the plugin, or `plugin-failed`. */
  create(): Promise<IsolatedReward>;
  /** Ends the threads and rejects open calls. */
  dispose(): Promise<void>;
}

/** A reward whose calls run in other threads. */
export type IsolatedReward = TimedReward;

/**
 * Starts a thread that loads a reward.
 *
 * @throws ThreadStartError with the reason. Its message marks places in the config, see `withPlaces`.
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
        const traits = await made.create();
        calls.add(made);
        return rewardOf(traits, calls);
      } catch (thrown) {
        throw thrown instanceof ThreadStartError ? couldNotBeMade(name, thrown) : thrown;
      }
    },
    async dispose() {
      await Promise.all([first?.terminate(), calls.dispose()]);
      first = undefined;
    },
  };
}

function couldNotBeMade(name: string, { code, message }: ThreadStartError): LociError {
  if (code !== 'plugin-failed') return new LociError(code, message);
  const wrapped = message.startsWith('The reward plugin')
    ? message
    : `The reward plugin "${name}" could not be made: ${message}`;
  return new LociError(code, wrapped);
}

function rewardOf({ hasExamples, ...traits }: RewardTraits, calls: IsolatedCalls): IsolatedReward {
  return {
    ...traits,
    ...(hasExamples && {
      examples: (sample) =>
        calls.call({ kind: 'examples', sample }) as ReturnType<NonNullable<Reward['examples']>>,
    }),
    score: ({ signal, ...input }) =>
      calls.call({ kind: 'score', input: sent(input) }, { signal }) as ReturnType<Reward['score']>,
    scoreWithin: (input, timeoutMs) =>
      calls.call({ kind: 'score', input: sent(input) }, { timeoutMs }) as ReturnType<
        TimedReward['scoreWithin']
      >,
  };
}

/** The group in a form that can be cloned. */
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
