import type { RunReward } from '../rollout/run-reward.ts';
import type { Breach } from './rules.ts';
import type { RewardTrial } from './trial.ts';
import type { TrialCompletion, TrialRole } from './trial-group.ts';
import type { WatchedCall } from './watched-call.ts';

/** A breach with the sample it was found on. */
export interface FoundBreach extends Breach {
  readonly sampleId: string;
}

/** The result of trying one reward on all samples. */
export interface RewardReport {
  readonly name: string;
  readonly range: readonly [min: number, max: number];
  /** Samples it was tried on. */
  readonly samples: number;
  /** Mean of its values by the role of the completions; absent where it scored none. */
  readonly means: Readonly<Partial<Record<TrialRole, number>>>;
  /** Samples of which it scored no completion. */
  readonly silent: number;
  /** The reason that it gave the first time. */
  readonly silence?: string;
  /** Milliseconds a completion, over all calls but the first; absent when there was one call only. */
  readonly medianMs?: number;
  readonly worstMs?: number;
  /** Milliseconds that the slowest text of 100,000 characters took; absent when none was judged. */
  readonly longestMs?: number;
  readonly breaches: readonly FoundBreach[];
  /** Breaches that `compat` reproduces on purpose. */
  readonly quirks: readonly FoundBreach[];
  /** Samples it was not tried on because this earlier reward had failed there. */
  readonly blocked: number;
  readonly blockedBy?: string;
  /** It took longer than its time-out allows, and was not tried again. */
  readonly hung: boolean;
}

/** Collects the findings about one reward. */
export class RewardTally {
  readonly #entry: RunReward;
  readonly #values: Readonly<Record<TrialRole, number[]>> = { gold: [], wrong: [], garbage: [] };
  readonly #breaches: FoundBreach[] = [];
  readonly #quirks: FoundBreach[] = [];
  readonly #timings: number[] = [];
  #samples = 0;
  #silent = 0;
  #silence: string | undefined;
  #blocked = 0;
  #blockedBy: string | undefined;
  #longestMs = 0;
  /** It took longer than its time-out allows. */
  hung = false;

  constructor(entry: RunReward) {
    this.#entry = entry;
  }

  /** Adds the outcomes of the trial group of one sample. */
  addBase(group: readonly TrialCompletion[], { outcomes }: WatchedCall): void {
    this.#samples++;
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'scored') this.#values[group[index]!.role].push(outcome.value);
    }
    if (outcomes.length === 0 || outcomes.some(({ status }) => status === 'scored')) return;
    this.#silent++;
    this.#silence ??= outcomes[0]!.reason;
  }

  addBlocked(by: string): void {
    this.#blocked++;
    this.#blockedBy ??= by;
  }

  addBreach(breach: FoundBreach): void {
    this.#breaches.push(breach);
  }

  addQuirk(breach: FoundBreach): void {
    this.#quirks.push(breach);
  }

  /** How long the calls of a finished trial took. */
  addTimings({ timings, longestMs, hung }: RewardTrial): void {
    this.#timings.push(...timings);
    this.#longestMs = Math.max(this.#longestMs, longestMs);
    this.hung ||= hung;
  }

  report(): RewardReport {
    const [, ...timings] = this.#timings;
    const sorted = timings.sort((a, b) => a - b);
    const means = Object.entries(this.#values).flatMap(([role, values]) =>
      values.length === 0 ? [] : [[role, values.reduce((a, b) => a + b, 0) / values.length]],
    );
    return {
      name: this.#entry.name,
      range: this.#entry.reward.range,
      samples: this.#samples,
      means: Object.fromEntries(means) as RewardReport['means'],
      silent: this.#silent,
      ...(this.#silence !== undefined && { silence: this.#silence }),
      ...(sorted.length > 0 && {
        medianMs: sorted[Math.floor((sorted.length - 1) / 2)]!,
        worstMs: sorted.at(-1)!,
      }),
      ...(this.#longestMs > 0 && { longestMs: this.#longestMs }),
      breaches: this.#breaches,
      quirks: this.#quirks,
      blocked: this.#blocked,
      ...(this.#blockedBy !== undefined && { blockedBy: this.#blockedBy }),
      hung: this.hung,
    };
  }
}
