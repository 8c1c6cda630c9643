/** `config.json` of the shim: everything that it needs besides a completion. */
import type { RunReward } from '@loci/core';
import { columnNames } from './columns.ts';

/** The keys as the Python file reads them. */
export interface ShimConfig {
  /** Address of the reward server, as the nodes reach it. */
  readonly url: string;
  /** File on every node that holds the server's token; null: the server needs none. */
  readonly tokenFile: string | null;
  readonly timeoutSeconds: number;
  readonly attempts: number;
  /** Completions of a group, in training and in validation. */
  readonly groupSize: number;
  readonly validationGroupSize: number;
  /** Whether a reward needs the whole group. Completions whose engine names no group are then grouped by their sample. */
  readonly needsGroup: boolean;
  /** Longest completion. */
  readonly maxNewTokens: number;
  /** Tokens that do not belong to a completion's text: stop, padding, media. */
  readonly silentTokenIds: readonly number[];
  readonly columns: readonly string[];
  /** A sample as JSON text, which the preflight scores. */
  readonly probe: string;
  /** Prefix that keeps this run's groups apart from those of others. */
  readonly run: string;
}

/** Whether a run's rewards need the whole group. */
export function needsGroup(rewards: readonly RunReward[]): boolean {
  return rewards.some(({ reward }) => reward.perCompletion !== true);
}

/** The columns of a run's rewards. */
export function shimColumns(rewards: readonly RunReward[]): readonly string[] {
  return columnNames(rewards);
}
