import type { ScoredText } from '../spec/index.ts';

/** What every reward must do, in the words of reports and tests. */
export const REWARD_RULES = {
  answers: 'it judges every completion in time, and fails on none',
  outcomes: 'it gives one outcome a completion',
  finite: 'its values and their parts are finite',
  range: 'its values lie within its range',
  gold: 'the true answer earns the most',
  garbage: 'garbage earns nothing',
  repeat: 'the same input gives the same outcomes',
  fresh: 'a fresh instance gives the same outcomes',
  order: 'the order of the group does not matter',
  input: 'its input is left as it was',
  empty: 'an empty group has no outcomes',
  odd: 'odd texts do not break it',
} as const;

/** A rule that a reward must keep. */
export type RewardRule = keyof typeof REWARD_RULES;

/** A broken rule. */
export interface Breach {
  readonly rule: RewardRule;
  /** The breach in words: the error message, or what the reward did. */
  readonly said: string;
  /** The completion that it is about; absent when it is about the whole group. */
  readonly completion?: ScoredText;
}
