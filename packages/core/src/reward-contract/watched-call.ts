/** Calls a reward and notes which rules it breaks. */
import { messageOf } from '../errors/loci-error.ts';
import { callAndCheck, RewardCallError } from '../rollout/call-reward.ts';
import type { TimedReward, UnknownPart } from '../rollout/call-reward.ts';
import type { Reward, RewardInput, RewardOutcome, ScoredText } from '../spec/index.ts';
import { firstDifference } from './first-difference.ts';
import type { Breach, RewardRule } from './rules.ts';

/** The result of one call of a reward. */
export interface WatchedCall {
  /** One a completion; none when something is broken. */
  readonly outcomes: readonly RewardOutcome[];
  /** The rule that the result breaks. */
  readonly broken?: Breach;
  /** It took as long as the time-out allows, or longer. */
  readonly hung: boolean;
  /** Path of the first value that the reward changed in its input. */
  readonly changed?: string;
  readonly elapsedMs: number;
}

/** Timers fire a little early or late. */
const TIMER_SLACK_MS = 20;

/** Calls a reward with a copy of its input, so that nothing it changes is seen elsewhere. */
export async function callWatched(
  reward: Reward,
  given: Omit<RewardInput, 'signal'>,
  timeoutMs: number,
): Promise<WatchedCall> {
  const { completions } = given;
  const input = structuredClone(given);
  const returned: unknown[] = [];
  let signal: AbortSignal | undefined;
  const watched = watching(reward, {
    began: (received) => (signal = received.signal),
    returned: (answer) => returned.push(answer),
  });
  const start = performance.now();
  const answer = await callAndCheck(watched, input, timeoutMs).catch(callErrorOf);
  const elapsedMs = performance.now() - start;
  const keepsTime = 'scoreWithin' in reward;
  const gaveUp = keepsTime
    ? returned.length === 0 && elapsedMs > timeoutMs - TIMER_SLACK_MS
    : signal?.aborted === true;
  const hung = gaveUp || (!keepsTime && elapsedMs > timeoutMs + TIMER_SLACK_MS);
  const changed = firstDifference(structuredClone(given), input);
  const broken =
    answer instanceof RewardCallError
      ? breachOf(answer, returned, completions, reward.range)
      : hung
        ? late(elapsedMs, timeoutMs)
        : (failureIn(answer.outcomes, completions) ??
          unfinishedPart(answer.unknownParts, completions));
  return {
    outcomes: broken === undefined && 'outcomes' in answer ? answer.outcomes.map(copyOf) : [],
    ...(broken && { broken }),
    hung,
    ...(changed !== undefined && { changed }),
    elapsedMs,
  };
}

interface Watcher {
  began(input: RewardInput): void;
  returned(answer: unknown): void;
}

/** The reward, wrapped so that the watcher sees its input and its raw result before anything is checked. */
function watching(reward: Reward, watcher: Watcher): Reward | TimedReward {
  const noted = <Answer>(answer: Answer): Answer => {
    watcher.returned(answer);
    return answer;
  };
  const { range } = reward;
  const score: Reward['score'] = async (input) => {
    watcher.began(input);
    return noted(await reward.score(input));
  };
  if (!('scoreWithin' in reward)) return { range, score };
  const timed = reward as TimedReward;
  return {
    range,
    score,
    scoreWithin: async (input, timeoutMs) => noted(await timed.scoreWithin(input, timeoutMs)),
  };
}

function callErrorOf(thrown: unknown): RewardCallError {
  if (thrown instanceof RewardCallError) return thrown;
  return new RewardCallError(messageOf(thrown));
}

/** Which rule an unusable result breaks, judged by what the reward returned; `returned` is empty when it returned nothing. */
function breachOf(
  { message, completion: index }: RewardCallError,
  returned: readonly unknown[],
  completions: readonly ScoredText[],
  [least, greatest]: Reward['range'],
): Breach {
  const completion = index === undefined ? undefined : completions[index];
  const about = completion && { completion };
  if (returned.length === 0) return { rule: 'answers', said: message, ...about };
  if (index === undefined) return { rule: 'outcomes', said: message };
  const { status, value } =
    (returned[0] as readonly Readonly<Record<string, unknown>>[])[index] ?? {};
  const isOutside = typeof value === 'number' && (value < least || value > greatest);
  const rule: RewardRule = status !== 'scored' ? 'outcomes' : isOutside ? 'range' : 'finite';
  return { rule, said: message, ...about };
}

function late(elapsedMs: number, timeoutMs: number): Breach {
  const said = `took ${Math.round(elapsedMs)} ms, longer than the ${timeoutMs} ms it has`;
  return { rule: 'answers', said };
}

function failureIn(
  outcomes: readonly RewardOutcome[],
  completions: readonly ScoredText[],
): Breach | undefined {
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status !== 'failed') continue;
    return { rule: 'answers', said: `failed: ${outcome.reason}`, completion: completions[index]! };
  }
  return undefined;
}

function unfinishedPart(
  [unknown]: readonly UnknownPart[],
  completions: readonly ScoredText[],
): Breach | undefined {
  if (unknown === undefined) return undefined;
  const said = `its part "${unknown.part}" is ${unknown.value}`;
  return { rule: 'finite', said, completion: completions[unknown.completion]! };
}

/** A copy, in case the reward keeps what it returned and changes it later. */
function copyOf(outcome: RewardOutcome): RewardOutcome {
  if (outcome.status !== 'scored') return { ...outcome };
  return { ...outcome, ...(outcome.parts && { parts: { ...outcome.parts } }) };
}
