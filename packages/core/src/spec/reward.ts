import type { LookName, Looks } from './look.ts';
import type { FinishReason } from './policy.ts';
import type { Sample } from './sample.ts';

/** A completion as a reward sees it. */
export interface ScoredText {
  /** The whole turn: what the prompt opened of it (`<think>`), and what was sampled. */
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
}

/**
 * What a reward says of one completion. A failure is never a 0: it carries its reason and takes the group out of the update.
 * An abstention says that the reward has nothing to say here: it adds nothing to the sum, and moves nobody when the group is compared.
 */
export type RewardOutcome =
  | {
      readonly status: 'scored';
      readonly value: number;
      /** Named pieces of the value, for people to read: `{ positions: 0.8, counts: 1 }`. */
      readonly parts?: Readonly<Record<string, number>>;
      /** Why the value is what it is: `no answer tag`. */
      readonly reason?: string;
      /** Which stretches of the text earned what, for the advantage `span-credit`; no two overlap. */
      readonly credits?: readonly SpanCredit[];
    }
  | { readonly status: 'abstained'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** Completions with what rewards said of them, by reward name: those that `after` names, and those that these come after. */
export interface JudgedCompletions {
  readonly completions: readonly ScoredText[];
  readonly outcomes: ReadonlyMap<string, readonly RewardOutcome[]>;
}

/** One group to be scored: all completions of one sample. */
export interface RewardInput extends JudgedCompletions {
  readonly sample: Sample;
  /** Completions of the same prompt under the looks that the reward declares; a look that was not taken of this sample is missing. */
  readonly looks?: ReadonlyMap<LookName, JudgedCompletions>;
  /** Aborted when the time-out has passed. */
  readonly signal: AbortSignal;
}

/** Completions to try a reward on; what a text leaves out is filled in as for an ordinary completion. */
export interface RewardExamples {
  /** Earns the greatest value. */
  readonly gold?: Partial<ScoredText>;
  /** Earn nothing: the least value, or 0 where a reward can also punish. */
  readonly garbage?: readonly Partial<ScoredText>[];
  /** What the model answers under a look, by name; texts without sense where a look is missing. */
  readonly looks?: Readonly<Record<LookName, readonly Partial<ScoredText>[]>>;
}

/** Work that a reward is about to be given, for one that says what it will cost. */
export interface RewardWork {
  /** For people: `an epoch`. */
  readonly name: string;
  readonly completions: number;
  /** Longest completion; absent where nothing says. */
  readonly maxNewTokens?: number;
  /** Some of the questions. */
  readonly samples: readonly Sample[];
}

/** Scores the completions of a group, one outcome each, in order. */
export interface Reward {
  /** Least and greatest value it can give. */
  readonly range: readonly [min: number, max: number];
  /**
   * Rewards of the run that must be scored before this one, by plugin name: it sees what they said. All others are asked at the same
   * time, so that two judges behind a network do not wait for each other.
   */
  readonly after?: readonly string[];
  /** Other looks at the prompt that the trainer samples from as well; the reward finds them in its input. */
  readonly looks?: Looks;
  /**
   * Names of the parts that its outcomes may have. Trainers elsewhere need them before the first outcome, since their tables have the
   * same columns for every completion; a part that is not named here gets no column there.
   */
  readonly parts?: readonly string[];
  /**
   * Whether what it says of a completion depends on that completion and its sample alone, and on no other of the group. It can then be
   * scored by itself, as trainers elsewhere ask for it.
   */
  readonly perCompletion?: true;
  /** Whether its outcomes credit stretches of the text, as far as it finds any. */
  readonly credits?: true;
  /**
   * What to try the reward on before a run trusts it. Needed only where the true answer with the true map does not earn the
   * greatest value, or where text without sense earns something.
   */
  examples?(sample: Sample): RewardExamples | undefined | Promise<RewardExamples | undefined>;
  /** What the work is expected to cost, as a line for people; rewards that cost nothing but time have no such function. */
  forecast?(work: RewardWork): string;
  score(input: RewardInput): readonly RewardOutcome[] | Promise<readonly RewardOutcome[]>;
}
