/**
 * The inside of a reward's thread: loads the plugin, makes the reward, answers calls. A call begins as soon as the thread is
 * free for it, so calls of a reward that waits for something run side by side.
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
  Answer,
  FromThread,
  IsolatedPlugin,
  Question,
  RefusalStage,
  RewardFacts,
  SentCompletions,
  SentText,
  ToThread,
} from './messages.ts';
import { markedPlace } from './places.ts';
import { watchOwnMemory } from './thread-memory.ts';

/** Loads the reward and listens until the thread ends. */
export async function serveReward(
  port: MessagePort,
  plugin: IsolatedPlugin,
  memoryMb: number,
): Promise<void> {
  const say = (message: FromThread): void => port.postMessage(message);
  keepProcessAlive();
  const memory = watchOwnMemory(memoryMb, () => say({ kind: 'too-much-memory' }));
  const loaded = await attempt(say, () => load(plugin));
  if (loaded === undefined) return;
  const { descriptor, options } = loaded;
  const controllers = new Map<number, AbortController>();
  let reward: Reward | undefined;

  port.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'create':
        void attempt(say, async () => {
          reward = await create(descriptor, options, contextOf(plugin, say));
          say({ kind: 'created', facts: factsOf(reward) });
        });
        return;
      case 'call':
        call(message.id, message.question);
        return;
      case 'abort':
        controllers.get(message.id)?.abort(new Error(message.reason));
        controllers.delete(message.id);
        say({ kind: 'aborted', id: message.id });
        return;
    }
    message satisfies never;
  });
  say({ kind: 'loaded', name: descriptor.name });

  function call(id: number, question: Question): void {
    const controller = new AbortController();
    controllers.set(id, controller);
    say({ kind: 'began', id });
    try {
      const answer = answerOf(reward!, question, controller.signal);
      memory.look();
      if (!isThenable(answer)) {
        report(id, answer);
        return;
      }
      say({ kind: 'waits', id });
      answer.then(
        (awaited) => report(id, awaited),
        (thrown: unknown) => complain(id, thrown),
      );
    } catch (thrown) {
      complain(id, thrown);
    }
  }

  function report(id: number, answer: Answer): void {
    try {
      say({ kind: 'answered', id, answer });
      controllers.delete(id);
    } catch (thrown) {
      complain(id, new Error(`what it returned cannot leave its thread: ${messageOf(thrown)}`));
    }
  }

  function complain(id: number, thrown: unknown): void {
    controllers.delete(id);
    say({ kind: 'threw', id, message: messageOf(thrown) });
  }
}

/** What the thread cannot do is told, with the stage at which it stopped. */
class Refusal extends Error {
  readonly stage: RefusalStage;

  constructor(stage: RefusalStage, cause: unknown) {
    super(messageOf(cause), { cause });
    this.stage = stage;
  }
}

async function attempt<T>(
  say: (message: FromThread) => void,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    const { stage, cause } = thrown instanceof Refusal ? thrown : new Refusal('create', thrown);
    const code = LociError.is(cause) ? cause.code : 'plugin-failed';
    say({ kind: 'refused', stage, code, message: messageOf(cause) });
    return undefined;
  }
}

async function at<T>(stage: RefusalStage, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw new Refusal(stage, thrown);
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
  say: (message: FromThread) => void,
): PluginContext {
  return {
    seed,
    baseDirectory,
    ...(runDirectory !== undefined && { runDirectory }),
    logger: {
      info: (message) => say({ kind: 'note', level: 'info', message }),
      warn: (message) => say({ kind: 'note', level: 'warn', message }),
    },
  };
}

function factsOf(reward: Reward): RewardFacts {
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

function answerOf(
  reward: Reward,
  question: Question,
  signal: AbortSignal,
): Answer | Promise<Answer> {
  if (question.kind === 'examples') return reward.examples?.(question.sample);
  const { sample, looks, ...judged } = question.input;
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

/** A reward may end its thread and not the process around it. `process.abort` and `process.chdir` throw in threads anyway. */
function keepProcessAlive(): void {
  const kill = process.kill.bind(process);
  process.kill = (pid, signal) => {
    if (signal !== 0 && (pid === process.pid || pid <= 0)) {
      throw new Error('a reward in a thread cannot end the process that it runs in');
    }
    return kill(pid, signal);
  };
}
