/** The messages between the main thread and a reward's thread. All of them can be cloned between threads. */
import type {
  JudgedCompletions,
  LookName,
  Reward,
  RewardExamples,
  RewardInput,
  RewardOutcome,
  Sample,
  ScoredText,
} from '../../spec/index.ts';

/** The reward that a thread loads, and the run's context: the `workerData`. */
export interface IsolatedPlugin {
  /** As in `loadPlugin`: a path or a package, with `#name` when it has several plugins. */
  readonly reference: string;
  readonly options: unknown;
  /** Key path of the options within the config, for messages. */
  readonly optionsPath: readonly PropertyKey[];
  readonly seed: number;
  readonly baseDirectory: string;
  readonly runDirectory?: string;
}

/** The declared properties of a reward. */
export interface RewardTraits extends Pick<
  Reward,
  'range' | 'after' | 'looks' | 'parts' | 'perCompletion' | 'credits'
> {
  readonly hasExamples: boolean;
}

/** A completion in a message. Without `tokenCount` its number of tokens is unknown. */
export type SentText = Omit<ScoredText, 'tokenCount'> & Partial<Pick<ScoredText, 'tokenCount'>>;

/** Completions in a message. */
export interface SentCompletions extends Omit<JudgedCompletions, 'completions'> {
  readonly completions: readonly SentText[];
}

/** A group in a message. */
export interface SentInput extends SentCompletions {
  readonly sample: Sample;
  readonly looks?: ReadonlyMap<LookName, SentCompletions>;
}

/** A call of a reward. */
export type CallRequest =
  | { readonly kind: 'score'; readonly input: SentInput }
  | { readonly kind: 'examples'; readonly sample: Sample };

/** The result of a call. */
export type CallResult = readonly RewardOutcome[] | RewardExamples | undefined;

/** To the thread. */
export type ToThread =
  | { readonly kind: 'create' }
  | { readonly kind: 'call'; readonly id: number; readonly request: CallRequest }
  | { readonly kind: 'abort'; readonly id: number; readonly reason: string };

/** From the thread, about one call. */
export type CallReport = { readonly id: number } & (
  | { readonly kind: 'began' }
  /** The call awaits a promise, so the thread can begin another one. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'answered'; readonly result: CallResult }
  | { readonly kind: 'threw'; readonly message: string }
  | { readonly kind: 'aborted' }
);

/** From the thread. */
export type FromThread =
  | { readonly kind: 'loaded'; readonly name: string }
  | { readonly kind: 'created'; readonly traits: RewardTraits }
  | {
      readonly kind: 'failed';
      readonly stage: StartStage;
      readonly code: string;
      readonly message: string;
    }
  /** Its memory exceeds the limit, so it must be ended. */
  | { readonly kind: 'too-much-memory' }
  | { readonly kind: 'note'; readonly level: 'info' | 'warn'; readonly message: string }
  | CallReport;

/** The steps that can fail: find the plugin, parse its options, or create the reward. */
export type StartStage = 'find' | 'options' | 'create';

/** A group without its signal, which cannot be cloned. */
export type GroupInput = Omit<RewardInput, 'signal'>;
