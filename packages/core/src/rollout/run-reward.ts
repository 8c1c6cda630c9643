import type { Reward } from '../spec/index.ts';

/** A weight that moves: `from` up to step `start`, then in a straight line over `steps` steps to `to`, where it stays. */
export interface WeightSchedule {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly steps: number;
}

/** Lets a reward count only where another one of the run is above a bound. */
export interface RewardGate {
  /** Name of the other reward. */
  readonly reward: string;
  /** One of its parts instead of its value. */
  readonly part?: string | undefined;
  /** Open where the value is greater; exactly one of the two bounds is given. */
  readonly above?: number | undefined;
  /** Open where the value is not less. */
  readonly atLeast?: number | undefined;
}

/** A reward as the config places it in a run. */
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
 * @param step Counted from 1; `Infinity` for the weight that a schedule ends with.
 */
export function weightAt(weight: RunReward['weight'], step: number): number {
  if (typeof weight === 'number') return weight;
  const { from, to, start, steps } = weight;
  const progress = Math.min(1, Math.max(0, (step - start) / steps));
  return from + (to - from) * progress;
}
