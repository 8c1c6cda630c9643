/**
 * The code inside a reward's thread: loads the plugin, creates the reward, answers calls. A call begins as soon as the thread is free, so
 * calls of an asynchronous reward run concurrently.
 */
import type { MessagePort } from 'node:worker_threads';
import { LociError, messageOf } from '../../errors/loci-error.ts';
import { isThenable } from '../../rollout/call-reward.ts';
import { uncountedText } from '../../rollout/uncounted-text.ts';
import type {
  ErasedPlugin,
  JudgedCompletions,
  PluginContext,
  Reward,
  ScoredText,
} from '../../spec/index.ts';
import { createFromPlugin, parseOptions } from '../create-plugin.ts';
import { loadPlugin } from '../load-plugin.ts';
import { PluginRegistry } from '../registry.ts';
import type {
  CallRequest,
  CallResult,
  FromThread,
  IsolatedPlugin,
  RewardTraits,
  SentCompletions,
  SentText,
  StartStage,
  ToThread,
} from './messages.ts';
import { markedPlace } from './places.ts';
import { watchOwnMemory } from './thread-memory.ts';

/** Loads the reward and answers calls until the thread ends. */
export async function serveReward(
  port: MessagePort,
  plugin: IsolatedPlugin,
  memoryMb: number,
): Promise<void> {
  const send = (message: FromThread): void => port.postMessage(message);
  keepProcessAlive();
  const memory = watchOwnMemory(memoryMb, () => send({ kind: 'too-much-memory' }));
  const loaded = await attempt(send, () => load(plugin));
  if (loaded === undefined) return;
  const { descriptor, options } = loaded;
  const controllers = new Map<number, AbortController>();
  let reward: Reward | undefined;

  port.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'create':
        void attempt(send, async () => {
          reward = await create(descriptor, options, contextOf(plugin, send));
          send({ kind: 'created', traits: traitsOf(reward) });
        });
        return;
      case 'call':
        call(message.id, message.request);
        return;
      case 'abort':
        controllers.get(message.id)?.abort(new Error(message.reason));
        controllers.delete(message.id);
        send({ kind: 'aborted', id: message.id });
        return;
    }
    message satisfies never;
  });
  send({ kind: 'loaded', name: descriptor.name });

  function call(id: number, request: CallRequest): void {
    const controller = new AbortController();
    controllers.set(id, controller);
    send({ kind: 'began', id });
    try {
      const result = resultOf(reward!, request, controller.signal);
      memory.check();
      if (!isThenable(result)) {
        report(id, result);
        return;
      }
      send({ kind: 'waits', id });
      result.then(
        (awaited) => report(id, awaited),
        (thrown: unknown) => reportError(id, thrown),
      );
    } catch (thrown) {
      reportError(id, thrown);
    }
  }

  function report(id: number, result: CallResult): void {
    try {
      send({ kind: 'answered', id, result });
      controllers.delete(id);
    } catch (thrown) {
      reportError(
        id,
        new Error(`its result cannot be sent to the main thread: ${messageOf(thrown)}`),
      );
    }
  }

  function reportError(id: number, thrown: unknown): void {
    controllers.delete(id);
    send({ kind: 'threw', id, message: messageOf(thrown) });
  }
}

/** An error with the stage of the start at which it occurred. */
class StageError extends Error {
  readonly stage: StartStage;

  constructor(stage: StartStage, cause: unknown) {
    super(messageOf(cause), { cause });
    this.stage = stage;
  }
}

async function attempt<T>(
  send: (message: FromThread) => void,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    const { stage, cause } =
      thrown instanceof StageError ? thrown : new StageError('create', thrown);
    const code = LociError.is(cause) ? cause.code : 'plugin-failed';
    send({ kind: 'failed', stage, code, message: messageOf(cause) });
    return undefined;
  }
}

async function at<T>(stage: StartStage, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw new StageError(stage, thrown);
  }
}

async function load({ reference, baseDirectory, options, optionsPath }: IsolatedPlugin): Promise<{
  readonly descriptor: ErasedPlugin<'reward'>;
  readonly options: unknown;
}> {
  const descriptor = await at('find', () =>
    loadPlugin('reward', reference, new PluginRegistry(), baseDirectory),
  );
  const parsed = await at('options', () =>
    parseOptions(descriptor, options, optionsPath, {
      describe: markedPlace,
      directoryOf: () => undefined,
    }),
  );
  return { descriptor, options: parsed };
}

function create(
  descriptor: ErasedPlugin<'reward'>,
  options: unknown,
  context: PluginContext,
): Promise<Reward> {
  return at('create', () => createFromPlugin(descriptor, options, context));
}

function contextOf(
  { seed, baseDirectory, runDirectory }: IsolatedPlugin,
  send: (message: FromThread) => void,
): PluginContext {
  return {
    seed,
    baseDirectory,
    ...(runDirectory !== undefined && { runDirectory }),
    logger: {
      info: (message) => send({ kind: 'note', level: 'info', message }),
      warn: (message) => send({ kind: 'note', level: 'warn', message }),
    },
  };
}

function traitsOf(reward: Reward): RewardTraits {
  const { range, after, looks, parts, perCompletion, credits, examples } = reward;
  return {
    range,
    ...(after && { after }),
    ...(looks && { looks }),
    ...(parts && { parts }),
    ...(perCompletion && { perCompletion }),
    ...(credits && { credits }),
    hasExamples: examples !== undefined,
  };
}

function resultOf(
  reward: Reward,
  request: CallRequest,
  signal: AbortSignal,
): CallResult | Promise<CallResult> {
  if (request.kind === 'examples') return reward.examples?.(request.sample);
  const { sample, looks, ...judged } = request.input;
  return reward.score({
    sample,
    ...asJudged(judged),
    ...(looks && { looks: new Map(Array.from(looks, ([name, look]) => [name, asJudged(look)])) }),
    signal,
  });
}

function asJudged({ completions, outcomes }: SentCompletions): JudgedCompletions {
  return { completions: completions.map(asText), outcomes };
}

function asText({ text, tokenCount, finishReason }: SentText): ScoredText {
  return tokenCount === undefined
    ? uncountedText({ text, finishReason })
    : { text, tokenCount, finishReason };
}

/** Keeps a reward from ending the whole process with `process.kill`. `process.abort` and `process.chdir` throw in threads anyway. */
function keepProcessAlive(): void {
  const kill = process.kill.bind(process);
  process.kill = (pid, signal) => {
    if (signal !== 0 && (pid === process.pid || pid <= 0)) {
      throw new Error('a reward in a thread must not end its process');
    }
    return kill(pid, signal);
  };
}
