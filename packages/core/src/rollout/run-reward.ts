import type { Reward } from '../spec/index.ts';

/** A weight that changes: `from` up to step `start`, then linearly over `steps` steps to `to`, where it stays. */
export interface WeightSchedule {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly steps: number;
}

/** Makes a reward count only where another reward of the run reaches a bound. */
export interface RewardGate {
  /** Name of the other reward. */
  readonly reward: string;
  /** One of its parts instead of its value. */
  readonly part?: string | undefined;
  /** Open when the value is greater. Exactly one of the two bounds is given. */
  readonly above?: number | undefined;
  /** Open when the value is not less. */
  readonly atLeast?: number | undefined;
}

/** A reward with its settings in a run. */
export interface RunReward {
  readonly name: string;
  readonly reward: Reward;
  /** Factor of its value in the sum. */
  readonly weight: number | WeightSchedule;
  /** Values beyond these bounds count as the bounds, before the weight. */
  readonly clip?: readonly [least: number, greatest: number] | undefined;
  readonly gate?: RewardGate | undefined;
  readonly timeoutMs: number;
}

/**
 * The weight at a step.
 *
 * @param step Counted from 1; `Infinity` for the final weight of a schedule.
 */
export function weightAt(weight: RunReward['weight'], step: number): number {
  if (typeof weight === 'number') return weight;
  const { from, to, start, steps } = weight;
  const progress = Math.min(1, Math.max(0, (step - start) / steps));
  return from + (to - from) * progress;
}
