/** Gets the answer to a question: from the cache, or by attempts within the server's limits, with longer and longer waits between them. */
import { LociError } from '@loci/core';
import type { Logger, SpendingBudget } from '@loci/core';
import { answerKey } from './answer-cache.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { ChatAnswer, ChatBody } from './chat-completion.ts';
import type { ChatServer } from './chat-server.ts';
import { PassingFailure } from './http/passing-failure.ts';
import { REAL_CLOCK } from './limiter.ts';
import type { Clock, Limiter } from './limiter.ts';
import { costOf } from './token-prices.ts';
import type { TokenPrices } from './token-prices.ts';

/** The parts that `ask` works with. */
export interface AskParts {
  readonly server: ChatServer;
  readonly limiter: Limiter;
  /** Absent: nothing is cached. */
  readonly cache?: AnswerCache | undefined;
  /** Attempts at one request before it fails. */
  readonly attempts: number;
  /** Wait after the first failed attempt. It doubles with each further one, up to a minute; chance shortens it by up to a half. */
  readonly firstWaitMs: number;
  /** Longest wait that a server may ask for. A longer one is cut to this; a second longer one ends the question. */
  readonly maxWaitMs: number;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** One question to a server. */
export interface Question {
  readonly body: ChatBody;
  /** Which of several draws from the same body; 0 where decoding is greedy. */
  readonly draw: number;
  /** Expected tokens of the prompt, to keep within limits. */
  readonly promptTokens: number;
  /** Most tokens of the answer. */
  readonly maxNewTokens: number;
}

/** A budget that pays for requests, and the prices. */
export interface Payment {
  readonly budget: SpendingBudget;
  readonly prices: TokenPrices;
}

/** An answer, and where it came from. */
export interface AskResult {
  readonly answer: ChatAnswer;
  readonly cached: boolean;
  /** What the request cost; absent without a payment, and for a cached answer. */
  readonly cost?: number;
}

const LONGEST_WAIT_MS = 60_000;

/**
 * Asks a question, and pays for it from a budget. The budget sets the highest possible cost aside before the request goes out. A cached answer
 * costs nothing.
 *
 * Rejects with LociError `budget-spent` before it sends anything; with `remote-unavailable`, or the code of the last failure, when every
 * attempt failed in passing; with the error of `ChatServer.attempt` otherwise; with the signal's reason when the signal is raised.
 */
export async function ask(
  parts: AskParts,
  question: Question,
  signal: AbortSignal,
  payment?: Payment,
): Promise<AskResult> {
  const { server, cache } = parts;
  const key = answerKey(server.address, question.body, question.draw);
  const kept = await cache?.find(key);
  if (kept) return { answer: kept, cached: true };
  if (payment === undefined)
    return { answer: await askServer(parts, question, key, signal), cached: false };
  const { budget, prices } = payment;
  const { promptTokens, maxNewTokens } = question;
  const most = costOf(prices, promptTokens, maxNewTokens);
  const aside = await budget.setAside(most, signal);
  try {
    const answer = await askServer(parts, question, key, signal);
    const isCounted = answer.promptTokens + answer.completionTokens > 0;
    const cost = isCounted ? costOf(prices, answer.promptTokens, answer.completionTokens) : most;
    aside.settle(cost);
    return { answer, cached: false, cost };
  } finally {
    aside.settle(0);
  }
}

async function askServer(
  parts: AskParts,
  question: Question,
  key: string,
  signal: AbortSignal,
): Promise<ChatAnswer> {
  const { server, limiter, cache, logger, maxWaitMs, clock = REAL_CLOCK } = parts;
  const { body, promptTokens, maxNewTokens } = question;
  let longWaits = 0;
  for (let attempt = 1; ; attempt++) {
    const turn = await limiter.turn(promptTokens + maxNewTokens, signal);
    let failure: PassingFailure;
    try {
      const answer = await server.attempt(body, signal);
      const counted = answer.promptTokens + answer.completionTokens;
      // Without counts from the server, the expected tokens stay.
      if (counted > 0) turn.count(counted);
      await cache?.keep(key, answer);
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof PassingFailure)) throw thrown;
      failure = thrown;
    } finally {
      turn.end();
    }
    const { waitMs: asked = 0, code = 'remote-unavailable', advice = '' } = failure.details;
    const concerns = failure.details.code === undefined ? 'model' : 'item';
    const attempts = Math.min(parts.attempts, failure.details.attempts ?? Infinity);
    const trouble = `${server.address}: ${failure.message}`;
    if (attempt >= attempts) {
      throw new LociError(
        code,
        `${trouble} (the last of ${attempts} attempts)${advice === '' ? '' : `. ${advice}`}`,
        { concerns },
      );
    }
    const isLong = asked > maxWaitMs;
    const longer = isLong
      ? `; it asks to wait ${spanOf(asked)}, and maxWaitSeconds allows ${spanOf(maxWaitMs)}`
      : '';
    if (isLong && ++longWaits > 1) throw new LociError(code, `${trouble}${longer}`, { concerns });
    // A wait that the server names holds for all requests.
    const named = Math.min(asked, maxWaitMs);
    if (named > 0) limiter.pause(named);
    const own = Math.min(LONGEST_WAIT_MS, parts.firstWaitMs * 2 ** (attempt - 1));
    const waitMs = Math.max(named, own * (1 - Math.random() / 2));
    logger.warn(`${trouble}${longer}; attempt ${attempt + 1} of ${attempts} in ${spanOf(waitMs)}`);
    await clock.wait(waitMs, signal);
  }
}

const DAY_S = 86_400;

function spanOf(ms: number): string {
  const seconds = ms / 1000;
  return seconds < 2 * DAY_S ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / DAY_S)} days`;
}
