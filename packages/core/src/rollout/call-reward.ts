import { messageOf } from '../errors/loci-error.ts';
import type { Reward, RewardInput, RewardOutcome } from '../spec/index.ts';

/** A call of a reward that gave nothing usable. */
export class RewardCallError extends Error {
  override readonly name = 'RewardCallError';
  /** The completion whose outcome is unusable; absent when the whole call is. */
  readonly completion: number | undefined;

  constructor(message: string, completion?: number) {
    super(message);
    this.completion = completion;
  }
}

/** A reward that keeps the time of a call itself, because it knows when the call begins. */
export interface TimedReward extends Reward {
  /** @throws RewardCallError when the call gives nothing usable within its time. */
  scoreWithin(
    input: Omit<RewardInput, 'signal'>,
    timeoutMs: number,
  ): Promise<readonly RewardOutcome[]>;
}

/** Values may leave the declared range by this much, for sums of fractions do. */
const RANGE_TOLERANCE = 1e-6;

/**
 * Calls a reward with a time-out and checks what it says: one outcome a completion, finite values within its range, finite parts.
 *
 * @throws RewardCallError saying what is wrong.
 */
export async function callReward(
  reward: Reward,
  input: Omit<RewardInput, 'signal'>,
  timeoutMs: number,
): Promise<readonly RewardOutcome[]> {
  const outcomes = isTimed(reward)
    ? await reward.scoreWithin(input, timeoutMs)
    : await withTimeout((signal) => reward.score({ ...input, signal }), timeoutMs);
  checkOutcomes(outcomes, input.completions.length, reward.range);
  return outcomes;
}

function isTimed(reward: Reward): reward is TimedReward {
  return 'scoreWithin' in reward;
}

/** A clock cannot strike while the work keeps the thread, so it is set for work that waits for something. */
async function withTimeout<T>(
  work: (signal: AbortSignal) => T | Promise<T>,
  timeoutMs: number,
): Promise<T> {
  const controller = new AbortController();
  try {
    const answer = work(controller.signal);
    return isThenable(answer) ? await inTime(answer, controller, timeoutMs) : answer;
  } catch (thrown) {
    if (thrown instanceof RewardCallError) throw thrown;
    throw new RewardCallError(`threw: ${messageOf(thrown)}`);
  }
}

/** Whether an answer has to be waited for. */
export function isThenable<T>(answer: T | Promise<T>): answer is Promise<T> {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'then' in answer &&
    typeof answer.then === 'function'
  );
}

async function inTime<T>(
  answer: Promise<T>,
  controller: AbortController,
  timeoutMs: number,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new RewardCallError(`timed out after ${timeoutMs} ms`);
      controller.abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([answer, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/** Plugins written in JavaScript may return anything, whatever their types say. */
function checkOutcomes(
  outcomes: readonly RewardOutcome[],
  expected: number,
  [min, max]: Reward['range'],
): void {
  if (!Array.isArray(outcomes)) throw new RewardCallError('returned no list of outcomes');
  if (outcomes.length !== expected) {
    throw new RewardCallError(`returned ${outcomes.length} outcomes for ${expected} completions`);
  }
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome?.status === 'abstained' || outcome?.status === 'failed') continue;
    if (outcome?.status !== 'scored') {
      throw new RewardCallError('returned an outcome without a status', index);
    }
    const { value, parts = {} } = outcome;
    if (!Number.isFinite(value)) {
      throw new RewardCallError(`returned ${String(value)}, which is no finite number`, index);
    }
    if (value < min - RANGE_TOLERANCE || value > max + RANGE_TOLERANCE) {
      throw new RewardCallError(`returned ${value}, outside its range ${min}…${max}`, index);
    }
    checkParts(parts, index);
  }
}

/** A part that is no finite number would be written as null, and make every mean of it worthless. */
function checkParts(parts: Readonly<Record<string, number>>, index: number): void {
  for (const name in parts) {
    const part = parts[name];
    if (Number.isFinite(part)) continue;
    throw new RewardCallError(
      `returned ${String(part)} as its part "${name}", which is no finite number`,
      index,
    );
  }
}
