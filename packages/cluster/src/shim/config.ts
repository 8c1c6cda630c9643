/** `config.json` of the shim: all that it must know beside a completion. */
import type { RunReward } from '@loci/core';
import { looksOf } from '@loci/core';
import { columnNames } from './columns.ts';

/** The keys as the Python file reads them. */
export interface ShimConfig {
  /** Of the reward server, as the nodes reach it. */
  readonly url: string;
  /** File on every node that holds the server's token; null: none is wanted. */
  readonly tokenFile: string | null;
  readonly timeoutSeconds: number;
  readonly attempts: number;
  /** Completions of a group, in training and in validation. */
  readonly groupSize: number;
  readonly validationGroupSize: number;
  /** Whether a reward needs the others of its group, so that even a caller who names no group must be waited for. */
  readonly needsGroup: boolean;
  /** Longest completion. */
  readonly maxNewTokens: number;
  /** Tokens that are no part of a completion's text: stop, padding, media. */
  readonly silentTokenIds: readonly number[];
  readonly columns: readonly string[];
  /** A sample as JSON text, which a check before the job has scored. */
  readonly probe: string;
  /** Names this run's groups apart from those of others. */
  readonly run: string;
}

/** Whether a run's rewards must see a group whole. */
export function needsGroup(rewards: readonly RunReward[]): boolean {
  return rewards.some(({ reward }) => reward.perCompletion !== true);
}

/** Rewards that compare with other looks at the prompt, which no engine samples. */
export function rewardsWithLooks(rewards: readonly RunReward[]): readonly string[] {
  return rewards.filter(({ reward }) => looksOf(reward).size > 0).map(({ name }) => name);
}

/** The columns of a run's rewards. */
export function shimColumns(rewards: readonly RunReward[]): readonly string[] {
  return columnNames(rewards);
}
