/** What the two sides of a reward's thread say to each other. All of it can be cloned from thread to thread. */
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

/** Which reward a thread loads, and what it is told of the run: the `workerData`. */
export interface IsolatedPlugin {
  /** As `loadPlugin` takes it: a path or a package, with `#name` where there are several. */
  readonly reference: string;
  readonly options: unknown;
  /** Key path of the options within the config, for messages. */
  readonly optionsPath: readonly PropertyKey[];
  readonly seed: number;
  readonly baseDirectory: string;
  readonly runDirectory?: string;
}

/** What is known of a reward without calling it. */
export interface RewardFacts extends Pick<
  Reward,
  'range' | 'after' | 'looks' | 'parts' | 'perCompletion' | 'credits'
> {
  readonly hasExamples: boolean;
}

/** A completion on its way; without a count, the number of tokens is not known. */
export type SentText = Omit<ScoredText, 'tokenCount'> & Partial<Pick<ScoredText, 'tokenCount'>>;

/** The same of a list of them. */
export interface SentCompletions extends Omit<JudgedCompletions, 'completions'> {
  readonly completions: readonly SentText[];
}

/** A group on its way. */
export interface SentInput extends SentCompletions {
  readonly sample: Sample;
  readonly looks?: ReadonlyMap<LookName, SentCompletions>;
}

/** What a reward can be asked. */
export type Question =
  | { readonly kind: 'score'; readonly input: SentInput }
  | { readonly kind: 'examples'; readonly sample: Sample };

/** What comes back. */
export type Answer = readonly RewardOutcome[] | RewardExamples | undefined;

/** To the thread. */
export type ToThread =
  | { readonly kind: 'create' }
  | { readonly kind: 'call'; readonly id: number; readonly question: Question }
  | { readonly kind: 'abort'; readonly id: number; readonly reason: string };

/** From the thread, of one call. */
export type CallReport = { readonly id: number } & (
  | { readonly kind: 'began' }
  /** The call waits for something; the thread can begin another one. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'threw'; readonly message: string }
  | { readonly kind: 'aborted' }
);

/** From the thread. */
export type FromThread =
  | { readonly kind: 'loaded'; readonly name: string }
  | { readonly kind: 'created'; readonly facts: RewardFacts }
  | {
      readonly kind: 'refused';
      readonly stage: RefusalStage;
      readonly code: string;
      readonly message: string;
    }
  /** Its memory has passed the limit; it wants to be ended. */
  | { readonly kind: 'too-much-memory' }
  | { readonly kind: 'note'; readonly level: 'info' | 'warn'; readonly message: string }
  | CallReport;

/** What could not be done: find the plugin, read its options, or make the reward. */
export type RefusalStage = 'find' | 'options' | 'create';

/** A group as it crosses to the thread; `toInput` is the way back. */
export type GroupInput = Omit<RewardInput, 'signal'>;
