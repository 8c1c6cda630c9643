import { messageOf } from '../errors/loci-error.ts';
import type { Reward, RewardInput, RewardOutcome, SpanCredit } from '../spec/index.ts';

/** A failed call of a reward. */
export class RewardCallError extends Error {
  override readonly name = 'RewardCallError';
  /** The completion whose outcome is unusable; absent when the whole call is. */
  readonly completion: number | undefined;

  constructor(message: string, completion?: number) {
    super(message);
    this.completion = completion;
  }
}

/** A reward that enforces the timeout itself, because only it knows when a call begins. */
export interface TimedReward extends Reward {
  /** @throws RewardCallError when the call fails or times out. */
  scoreWithin(
    input: Omit<RewardInput, 'signal'>,
    timeoutMs: number,
  ): Promise<readonly RewardOutcome[]>;
}

/** A part that is not a finite number, and is left out of its outcome. */
export interface UnknownPart {
  /** Index within the group. */
  readonly completion: number;
  readonly part: string;
  /** In the form for messages. */
  readonly value: string;
}

/** One outcome for each completion, with finite values and parts. */
export interface CheckedOutcomes {
  readonly outcomes: readonly RewardOutcome[];
  /** Parts that were left out of the outcomes. */
  readonly unknownParts: readonly UnknownPart[];
}

/** Values may exceed the declared range by this much, as sums of fractions do. */
const RANGE_TOLERANCE = 1e-6;

/**
 * Calls a reward with a timeout and checks its result: one outcome for each completion, finite values within its range. A part that is not a
 * finite number is left out.
 *
 * @throws RewardCallError with the fault.
 */
export async function callReward(
  reward: Reward,
  input: Omit<RewardInput, 'signal'>,
  timeoutMs: number,
): Promise<readonly RewardOutcome[]> {
  return (await callAndCheck(reward, input, timeoutMs)).outcomes;
}

/** The same, with the parts that were left out. */
export async function callAndCheck(
  reward: Reward,
  input: Omit<RewardInput, 'signal'>,
  timeoutMs: number,
): Promise<CheckedOutcomes> {
  const outcomes = isTimed(reward)
    ? await reward.scoreWithin(input, timeoutMs)
    : await withTimeout((ending) => reward.score(inputUntil(input, ending)), timeoutMs);
  return checkOutcomes(outcomes, input.completions.length, reward.range);
}

function isTimed(reward: Reward): reward is TimedReward {
  return 'scoreWithin' in reward;
}

/** The end of a call. Its signal is created on the first read, because most rewards never read it and calls are frequent. */
interface Ending {
  controller?: AbortController;
}

function inputUntil(input: Omit<RewardInput, 'signal'>, ending: Ending): RewardInput {
  return {
    ...input,
    get signal() {
      return (ending.controller ??= new AbortController()).signal;
    },
  };
}

/** A timer cannot fire during synchronous work, so only asynchronous work gets one. */
async function withTimeout<T>(
  work: (ending: Ending) => T | Promise<T>,
  timeoutMs: number,
): Promise<T> {
  const ending: Ending = {};
  try {
    const answer = work(ending);
    return isThenable(answer) ? await inTime(answer, ending, timeoutMs) : answer;
  } catch (thrown) {
    if (thrown instanceof RewardCallError) throw thrown;
    throw new RewardCallError(`threw: ${messageOf(thrown)}`);
  }
}

/** Whether an answer is a promise. */
export function isThenable<T>(answer: T | Promise<T>): answer is Promise<T> {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'then' in answer &&
    typeof answer.then === 'function'
  );
}

async function inTime<T>(answer: Promise<T>, ending: Ending, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new RewardCallError(`timed out after ${timeoutMs} ms`);
      (ending.controller ??= new AbortController()).abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([answer, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Checks the outcomes of a plugin, which may ignore its types, and removes parts without a finite value.
 *
 * @throws RewardCallError for anything that is not an outcome.
 */
function checkOutcomes(
  outcomes: readonly RewardOutcome[],
  expected: number,
  range: Reward['range'],
): CheckedOutcomes {
  if (!Array.isArray(outcomes)) throw new RewardCallError('returned no list of outcomes');
  if (outcomes.length !== expected) {
    throw new RewardCallError(`returned ${outcomes.length} outcomes for ${expected} completions`);
  }
  const unknownParts: UnknownPart[] = [];
  const checked = (outcomes as readonly RewardOutcome[]).map((outcome, completion) => {
    checkOutcome(outcome, completion, range);
    const { parts } = outcome as { readonly parts?: unknown };
    if (outcome.status !== 'scored' || parts === undefined) return outcome;
    const isObject = typeof parts === 'object' && parts !== null;
    if (isObject && Object.values(parts).every(Number.isFinite)) return outcome;
    const named = isObject ? Object.entries(parts) : [];
    const isKnown = ([, value]: readonly [string, unknown]): boolean => Number.isFinite(value);
    for (const [part, value] of named.filter((one) => !isKnown(one))) {
      unknownParts.push({ completion, part, value: shown(value) });
    }
    if (!isObject) {
      unknownParts.push({ completion, part: 'parts', value: shown(parts) });
    }
    return { ...outcome, parts: Object.fromEntries(named.filter(isKnown)) as KnownParts };
  });
  return { outcomes: checked, unknownParts };
}

type KnownParts = Readonly<Record<string, number>>;

function checkOutcome(outcome: RewardOutcome, index: number, [min, max]: Reward['range']): void {
  if (outcome?.status === 'abstained' || outcome?.status === 'failed') return;
  if (outcome?.status !== 'scored') {
    const wanted =
      'a finite number, { value, parts, reason } or abstain(reason); from definePlugin an outcome such as { status: "scored", value: 1 }';
    throw new RewardCallError(
      `returned an outcome without a status: ${shown(outcome)}; return ${wanted}`,
      index,
    );
  }
  const { value } = outcome as { readonly value: unknown };
  if (!Number.isFinite(value)) {
    throw new RewardCallError(`returned ${shown(value)}, which is not a finite number`, index);
  }
  if (outcome.value < min - RANGE_TOLERANCE || outcome.value > max + RANGE_TOLERANCE) {
    throw new RewardCallError(`returned ${outcome.value}, outside its range ${min}…${max}`, index);
  }
  if (outcome.credits !== undefined) checkCredits(outcome.credits, index);
}

/** Credits are stretches of a text, each with a key and a finite value; no two overlap. */
function checkCredits(credits: unknown, index: number): void {
  if (!Array.isArray(credits)) {
    throw new RewardCallError(`returned ${shown(credits)} as credits, which is not a list`, index);
  }
  const sorted = (credits as readonly SpanCredit[]).toSorted((a, b) => a?.start - b?.start);
  for (const [place, credit] of sorted.entries()) {
    const { key, start, end, value, absent = 0, baseline = 0 } = credit ?? {};
    const isStretch = Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end;
    const numbers = [value, absent, baseline];
    if (typeof key !== 'string' || !isStretch || !numbers.every(Number.isFinite)) {
      const wanted =
        '{ key, start, end, value } with 0 ≤ start < end and a finite value, and a finite absent and baseline if any';
      throw new RewardCallError(
        `returned the credit ${shown(credit)}; a credit is ${wanted}`,
        index,
      );
    }
    if (place > 0 && start < sorted[place - 1]!.end) {
      throw new RewardCallError(`returned credits that overlap at ${start}`, index);
    }
  }
}

/** Characters of a strange value that a message shows. */
const SHOWN = 60;

/** A returned value with its type: `the text "1"`, `the boolean true`, `the bigint 1n`, `NaN`. */
function shown(value: unknown): string {
  const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
  switch (typeof value) {
    case 'string':
      return `the text ${short(JSON.stringify(value))}`;
    case 'boolean':
      return `the boolean ${value}`;
    case 'bigint':
      return `the bigint ${short(String(value))}n`;
    case 'function':
      return 'a function';
    case 'object':
      return value === null
        ? 'null'
        : `${Array.isArray(value) ? 'the list' : 'the object'} ${short(written(value))}`;
    default:
      return String(value);
  }
}

function written(value: object): string {
  try {
    return JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'bigint' ? `${inner}n` : inner,
    );
  } catch {
    return 'that JSON cannot hold';
  }
}
