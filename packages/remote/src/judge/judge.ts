/**
 * A judge asks a model behind a server about each completion, and reads its verdict. Every failure becomes an abstention with its reason,
 * never a 0.
 */
import { BUDGET_SPENT, LociError, greedySampling, messageOf } from '@loci/core';
import type {
  Logger,
  Message,
  RewardOutcome,
  RewardWork,
  Sample,
  SpendingBudget,
  TimedReward,
} from '@loci/core';
import { answerKey } from '../answer-cache.ts';
import { ask } from '../ask.ts';
import type { AskParts, AskResult } from '../ask.ts';
import { chatBody } from '../chat-completion.ts';
import type { ChatSettings } from '../chat-completion.ts';
import type { RemoteProcessor, RemotePrompt } from '../remote-processor.ts';
import type { TokenPrices } from '../token-prices.ts';
import { failureLog } from './failure-log.ts';
import { judgeForecast } from './forecast.ts';
import type { SpendingFile } from './spending-file.ts';
import { moreLenient, responseFormat } from './structured.ts';
import type { Structure } from './structured.ts';
import { SYSTEM, filledTemplate } from './template.ts';
import type { VerdictReader } from './verdict-schema.ts';

/** The parts of a judge. */
export interface JudgeParts {
  readonly asking: AskParts;
  readonly chat: ChatSettings;
  readonly processor: RemoteProcessor;
  readonly template: string;
  readonly reader: VerdictReader;
  readonly structured: 'auto' | Structure;
  readonly showMedia: boolean;
  readonly maxNewTokens: number;
  readonly completionCharacters: number;
  readonly patienceMs: number;
  readonly prices: TokenPrices | undefined;
  readonly budget: SpendingBudget;
  readonly requestsPerMinute: number | undefined;
  /** Present in a run. */
  readonly spending: SpendingFile | undefined;
  readonly logger: Logger;
}

/** The second attempt at a verdict that was cut off gets this many times the tokens. */
const MORE_TOKENS = 4;
/** Pause after a failure that concerns every request: a key that is wrong stays wrong. */
const BARRED_MS = 60_000;

/** Opens a judge. It sends nothing before the first completion. */
export function openJudge(parts: JudgeParts): TimedReward {
  const { asking, reader, budget, prices, spending, logger } = parts;
  const system = SYSTEM.replace('{schema}', () => JSON.stringify(reader.schema));
  const inFlight = new Map<
    string,
    { readonly asked: Promise<AskResult>; readonly signal: AbortSignal }
  >();
  const failures = failureLog(logger, parts.chat.model);
  let structure: Structure = parts.structured === 'auto' ? 'json-schema' : parts.structured;
  let barred = { untilMs: -Infinity, reason: '' };

  /** Equal questions in flight share one request. When the time of its owner ends, the others ask again. */
  function askOnce(
    prompt: RemotePrompt,
    maxNewTokens: number,
    draw: number,
    signal: AbortSignal,
  ): Promise<AskResult> {
    const extra = { ...responseFormat(structure, reader.schema), ...parts.chat.extra };
    const body = chatBody(prompt.messages, greedySampling(maxNewTokens), 0, {
      ...parts.chat,
      extra,
    });
    const key = answerKey(asking.server.address, body, draw);
    const question = { body, draw, promptTokens: prompt.expectedTokens, maxNewTokens };
    const known = inFlight.get(key);
    if (known !== undefined) {
      return known.asked.catch((thrown: unknown) => {
        if (!known.signal.aborted || signal.aborted) throw thrown;
        return askOnce(prompt, maxNewTokens, draw, signal);
      });
    }
    const asked = ask(asking, question, signal, prices && { budget, prices })
      .then((one) => {
        note(one);
        return one;
      })
      .finally(() => inFlight.delete(key));
    inFlight.set(key, { asked, signal });
    return asked;
  }

  function note({ answer: { promptTokens, completionTokens }, cost }: AskResult): void {
    if (cost !== undefined) spending?.note({ promptTokens, completionTokens, cost });
  }

  async function reply(
    prompt: RemotePrompt,
    maxNewTokens: number,
    draw: number,
    signal: AbortSignal,
  ): Promise<AskResult> {
    for (;;) {
      const tried = structure;
      try {
        return await askOnce(prompt, maxNewTokens, draw, signal);
      } catch (thrown) {
        const next = parts.structured === 'auto' ? moreLenient(tried, thrown) : undefined;
        if (next === undefined) throw thrown;
        // Another request in flight may have found out before.
        if (structure === tried) {
          structure = next;
          logger.warn(
            `${parts.chat.model} rejects structured: ${tried} for verdicts; the judge goes on with ${next}`,
          );
        }
      }
    }
  }

  async function verdictOn(
    completion: { readonly text: string },
    sample: Sample,
    signal: AbortSignal,
  ): Promise<RewardOutcome> {
    const text = filledTemplate(parts.template, completion, sample, parts.completionCharacters);
    const media = parts.showMedia ? sample.media : [];
    const messages: readonly Message[] = [
      { role: 'system', parts: [{ type: 'text', text: system }] },
      {
        role: 'user',
        parts: [
          ...media.map((one) => ({ type: 'media', media: one }) as const),
          { type: 'text', text },
        ],
      },
    ];
    const prompt = parts.processor.remotePrompt(await parts.processor.encode(messages));
    let fault = '';
    let maxNewTokens = parts.maxNewTokens;
    for (const draw of [0, 1]) {
      const answer = await reply(prompt, maxNewTokens, draw, signal).then(
        (asked) => asked.answer,
        (thrown: unknown) => {
          if (LociError.is(thrown) && thrown.code === 'remote-empty') return undefined;
          throw thrown;
        },
      );
      const read = answer && reader.read(answer.answer ?? answer.text);
      if (read !== undefined && 'value' in read) return { status: 'scored', ...read };
      fault = read?.fault ?? 'the judge gave no verdict';
      if (answer?.finishReason !== 'stop') maxNewTokens *= MORE_TOKENS;
    }
    return failures.abstained('verdict', fault);
  }

  async function judged(
    completion: { readonly text: string },
    sample: Sample,
    patienceMs: number,
  ): Promise<RewardOutcome> {
    if (performance.now() < barred.untilMs) return failures.abstained('barred', barred.reason);
    const signal = AbortSignal.timeout(patienceMs);
    try {
      return await verdictOn(completion, sample, signal);
    } catch (thrown) {
      if (signal.aborted) {
        return failures.abstained('patience', `no verdict within ${patienceMs / 1000} s`);
      }
      const reason = messageOf(thrown);
      const isLasting = LociError.is(thrown) && thrown.concerns === undefined;
      if (isLasting && thrown.code !== BUDGET_SPENT) {
        barred = { untilMs: performance.now() + BARRED_MS, reason };
      }
      return failures.abstained(LociError.is(thrown) ? thrown.code : 'other', reason);
    }
  }

  const scoreWithin: TimedReward['scoreWithin'] = ({ completions, sample }, timeoutMs) =>
    Promise.all(
      completions.map((one) => judged(one, sample, Math.max(timeoutMs, parts.patienceMs))),
    );

  return {
    range: [0, 1],
    score: (input) => scoreWithin(input, 0),
    scoreWithin,
    forecast: (work: RewardWork) =>
      judgeForecast(work, {
        model: parts.chat.model,
        promptCharacters: (sample) =>
          system.length + filledTemplate(parts.template, { text: '' }, sample, 0).length,
        verdictTokens: parts.maxNewTokens,
        completionCharacters: parts.completionCharacters,
        showsMedia: parts.showMedia,
        prices,
        budgetLeft: budget.limit - budget.spent,
        requestsPerMinute: parts.requestsPerMinute,
      }),
  };
}
