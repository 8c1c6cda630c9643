/** Compares stored and new outcomes, one completion at a time, in memory that does not grow with their number. */
import type { RewardOutcome } from '@loci/core';
import type { Rescored } from './rescore.ts';

/** Mean and number of the completions that have a figure. */
export interface Mean {
  readonly mean: number;
  readonly count: number;
}

/** A figure before and now: a reward's value, one of its parts, or the sum. */
export interface FigureChange {
  readonly stored?: Mean;
  readonly now?: Mean;
  /** Completions whose figure is new, gone or different. */
  readonly changed: number;
}

/** A count before and now. */
export interface CountChange {
  readonly stored: number;
  readonly now: number;
}

/** One reward before and now. */
export interface RewardChange {
  readonly name: string;
  /** Whether the rollouts and the config have it. */
  readonly isStored: boolean;
  readonly isNow: boolean;
  readonly value: FigureChange;
  readonly parts: ReadonlyMap<string, FigureChange>;
  readonly failed: CountChange;
  readonly abstained: CountChange;
  /** Reasons of the present failures with their counts, the most frequent first. */
  readonly failures: readonly (readonly [reason: string, count: number])[];
}

/** All rewards, in the order of their first outcomes, and the weighted sum. */
export interface Comparison {
  readonly completions: number;
  readonly rewards: readonly RewardChange[];
  readonly sum: FigureChange;
}

/** Values that differ by at most this count as the same. */
export const SAME = 1e-9;
/** Most distinct reasons of failures. */
const MOST_REASONS = 20;

class Figure {
  #stored = 0;
  #storedCount = 0;
  #now = 0;
  #nowCount = 0;
  #changed = 0;

  add(stored: number | undefined, now: number | undefined, isChanged = !isSame(stored, now)): void {
    if (stored !== undefined) {
      this.#stored += stored;
      this.#storedCount++;
    }
    if (now !== undefined) {
      this.#now += now;
      this.#nowCount++;
    }
    if (isChanged) this.#changed++;
  }

  result(): FigureChange {
    const mean = (sum: number, count: number): Mean => ({ mean: sum / count, count });
    return {
      ...(this.#storedCount > 0 && { stored: mean(this.#stored, this.#storedCount) }),
      ...(this.#nowCount > 0 && { now: mean(this.#now, this.#nowCount) }),
      changed: this.#changed,
    };
  }
}

class RewardFigures {
  readonly value = new Figure();
  readonly parts = new Map<string, Figure>();
  readonly failed = { stored: 0, now: 0 };
  readonly abstained = { stored: 0, now: 0 };
  readonly reasons = new Map<string, number>();
  isStored = false;
  isNow = false;

  add(stored: RewardOutcome | undefined, now: RewardOutcome | undefined): void {
    this.isStored ||= stored !== undefined;
    this.isNow ||= now !== undefined;
    const [storedValue, nowValue] = [valueOf(stored), valueOf(now)];
    const isChanged = stored?.status !== now?.status || !isSame(storedValue, nowValue);
    this.value.add(storedValue, nowValue, isChanged);
    const [storedParts, nowParts] = [partsOf(stored), partsOf(now)];
    for (const name of new Set([...Object.keys(storedParts), ...Object.keys(nowParts)])) {
      const figure = this.parts.get(name) ?? new Figure();
      this.parts.set(name, figure);
      figure.add(storedParts[name], nowParts[name]);
    }
    for (const [side, outcome] of [
      ['stored', stored],
      ['now', now],
    ] as const) {
      if (outcome?.status === 'failed') this.failed[side]++;
      if (outcome?.status === 'abstained') this.abstained[side]++;
    }
    if (now?.status === 'failed') this.#addReason(now.reason);
  }

  #addReason(reason: string): void {
    const isKnown = this.reasons.has(reason) || this.reasons.size < MOST_REASONS;
    const key = isKnown ? reason : 'other reasons';
    this.reasons.set(key, (this.reasons.get(key) ?? 0) + 1);
  }
}

/** Gathers a comparison. */
export class ComparisonGatherer {
  readonly #rewards = new Map<string, RewardFigures>();
  readonly #sum = new Figure();
  #completions = 0;

  add({ stored, now }: Rescored): void {
    if (stored.look !== undefined) return;
    this.#completions++;
    this.#sum.add(stored.reward ?? undefined, now.reward ?? undefined);
    for (const name of new Set([...Object.keys(now.outcomes), ...Object.keys(stored.outcomes)])) {
      const figures = this.#rewards.get(name) ?? new RewardFigures();
      this.#rewards.set(name, figures);
      figures.add(stored.outcomes[name], now.outcomes[name]);
    }
  }

  result(): Comparison {
    const rewards = [...this.#rewards].map(([name, figures]): RewardChange => {
      const { value, parts, failed, abstained, isStored, isNow, reasons } = figures;
      return {
        name,
        isStored,
        isNow,
        value: value.result(),
        parts: new Map([...parts].map(([part, figure]) => [part, figure.result()])),
        failed,
        abstained,
        failures: [...reasons].sort(([, a], [, b]) => b - a),
      };
    });
    return { completions: this.#completions, rewards, sum: this.#sum.result() };
  }
}

function valueOf(outcome: RewardOutcome | undefined): number | undefined {
  return outcome?.status === 'scored' ? outcome.value : undefined;
}

function partsOf(outcome: RewardOutcome | undefined): Readonly<Record<string, number>> {
  const parts = outcome?.status === 'scored' ? Object.entries(outcome.parts ?? {}) : [];
  // Runs of older versions stored a part without a value as null.
  return Object.fromEntries(parts.filter(([, value]) => Number.isFinite(value)));
}

function isSame(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Math.abs(one - other) <= SAME;
}

/**
 * The change of one reward on one completion: the difference of its values, where an abstention counts as 0. It is 0 when one side does
 * not have the reward or its reward failed, since failures are counted with their reasons.
 */
export function movement(
  stored: RewardOutcome | undefined,
  now: RewardOutcome | undefined,
): number {
  if (stored === undefined || now === undefined) return 0;
  if (stored.status === 'failed' || now.status === 'failed') return 0;
  if (stored.status !== now.status)
    return Math.max(Math.abs(valueOf(stored) ?? valueOf(now) ?? 0), 1e-3);
  return Math.abs((valueOf(now) ?? 0) - (valueOf(stored) ?? 0));
}
