import type { LookName, Looks } from './look.ts';
import type { FinishReason } from './policy.ts';
import type { Sample } from './sample.ts';

/** A completion in the input of a reward. */
export interface ScoredText {
  /** The whole turn: the text that the prompt opened (`<think>`), then the sampled text. */
  readonly text: string;
  /** Sampled tokens, end token included. */
  readonly tokenCount: number;
  readonly finishReason: FinishReason;
}

/** What a reward credits one stretch of a completion with, such as the place of one object in its map. */
export interface SpanCredit {
  /** Compared with what other completions of the group earn under the same key: `chair`. */
  readonly key: string;
  /** In UTF-16 units of the text that the reward was given. */
  readonly start: number;
  /** Behind the last unit. */
  readonly end: number;
  /** Any finite number; greater is better. */
  readonly value: number;
  /**
   * What a completion earns under this key that has credits but not this one, such as a map without the object. Absent: only completions
   * that have the key are compared, so that having it is neither good nor bad by itself.
   */
  readonly absent?: number;
  /**
   * What was to be expected before this stretch, such as what a drawn map promises. Then the credit is compared with it and not with other
   * completions: `value − baseline`, as of a policy gradient with a value function.
   */
  readonly baseline?: number;
}

/**
 * The outcome of a reward for one completion. A failure is never a 0: it has a reason, and the update leaves its group out. An abstention
 * means that the reward does not apply. It adds nothing to the sum and does not affect the comparison of the group.
 */
export type RewardOutcome =
  | {
      readonly status: 'scored';
      readonly value: number;
      /** Named pieces of the value, for people: `{ positions: 0.8, counts: 1 }`. */
      readonly parts?: Readonly<Record<string, number>>;
      /** Why the value is what it is: `no answer tag`. */
      readonly reason?: string;
      /** Which stretches of the text earned what, for the advantage `span-credit`; no two overlap. */
      readonly credits?: readonly SpanCredit[];
    }
  | { readonly status: 'abstained'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** Completions with outcomes by reward name: of the rewards that `after` names, and of those that they depend on. */
export interface JudgedCompletions {
  readonly completions: readonly ScoredText[];
  readonly outcomes: ReadonlyMap<string, readonly RewardOutcome[]>;
}

/** One group to be scored: all completions of one sample. */
export interface RewardInput extends JudgedCompletions {
  readonly sample: Sample;
  /** Completions of the same prompt under the looks that the reward declares, without looks that do not apply to this sample. */
  readonly looks?: ReadonlyMap<LookName, JudgedCompletions>;
  /** Aborted after the timeout. */
  readonly signal: AbortSignal;
}

/** Completions to test a reward with. Missing fields are filled in as for an ordinary completion. */
export interface RewardExamples {
  /** Earns the greatest value. */
  readonly gold?: Partial<ScoredText>;
  /** Earn nothing: the least value, or 0 for a reward that can be negative. */
  readonly garbage?: readonly Partial<ScoredText>[];
  /** Completions under a look, by name; meaningless texts when a look is missing. */
  readonly looks?: Readonly<Record<LookName, readonly Partial<ScoredText>[]>>;
}

/** Future work of a reward, for its cost estimate. */
export interface RewardWork {
  /** For people: `an epoch`. */
  readonly name: string;
  readonly completions: number;
  /** Longest completion; absent when unknown. */
  readonly maxNewTokens?: number;
  /** Some of the questions. */
  readonly samples: readonly Sample[];
}

/** Scores the completions of a group, one outcome each, in order. */
export interface Reward {
  /** Least and greatest possible value. */
  readonly range: readonly [min: number, max: number];
  /**
   * Rewards of the run that must be scored before this one, by plugin name; it gets their outcomes. All others run concurrently, so that two
   * judges behind a network do not wait for each other.
   */
  readonly after?: readonly string[];
  /** Looks under which the trainer samples the prompt too; their completions are in the reward's input. */
  readonly looks?: Looks;
  /**
   * Names of the parts that its outcomes may have. External trainers need them before the first outcome, because their tables have the same
   * columns for every completion; a part that is not named here gets no column there.
   */
  readonly parts?: readonly string[];
  /**
   * Whether the outcome of a completion depends only on that completion and its sample. External trainers can then have single completions
   * scored.
   */
  readonly perCompletion?: true;
  /** Whether its outcomes credit stretches of the text, as far as it finds any. */
  readonly credits?: true;
  /**
   * Examples to test the reward with before a run trusts it. Needed only when the true answer with the true map does not earn the greatest
   * value, or when meaningless text earns something.
   */
  examples?(sample: Sample): RewardExamples | undefined | Promise<RewardExamples | undefined>;
  /** The expected cost of the work, as a line for people; rewards that cost only time have no such function. */
  forecast?(work: RewardWork): string;
  score(input: RewardInput): readonly RewardOutcome[] | Promise<readonly RewardOutcome[]>;
}
