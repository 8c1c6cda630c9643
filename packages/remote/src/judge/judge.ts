/**
 * A judge: asks a model behind a server about each completion, and reads its verdict. Whatever goes wrong is an abstention with its reason,
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
import type { AskParts, Asked } from '../ask.ts';
import { chatBody } from '../chat-request.ts';
import type { ChatSettings } from '../chat-request.ts';
import type { RemoteProcessor, RemotePrompt } from '../remote-processor.ts';
import type { TokenPrices } from '../token-prices.ts';
import { failureLog } from './failure-log.ts';
import { judgeForecast } from './forecast.ts';
import type { SpendingFile } from './spending-file.ts';
import { moreLenient, responseFormat } from './structured.ts';
import type { Structure } from './structured.ts';
import { SYSTEM, filledTemplate } from './template.ts';
import type { VerdictReader } from './verdict-schema.ts';

/** What a judge is put together from. */
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

/** A verdict that was cut off gets so many times the tokens at the second attempt. */
const MORE_TOKENS = 4;
/** How long nobody is asked after a failure that concerns every request: a key that is wrong stays wrong. */
const BARRED_MS = 60_000;

/** Opens a judge. Nothing is asked before the first completion. */
export function openJudge(parts: JudgeParts): TimedReward {
  const { asking, reader, budget, prices, spending, logger } = parts;
  const system = SYSTEM.replace('{schema}', () => JSON.stringify(reader.schema));
  const underWay = new Map<string, Promise<Asked>>();
  const failures = failureLog(logger, parts.chat.model);
  let structure: Structure = parts.structured === 'auto' ? 'json-schema' : parts.structured;
  let barred = { untilMs: -Infinity, reason: '' };

  /** Equal questions that are under way share one request. */
  function askOnce(prompt: RemotePrompt, maxNewTokens: number, draw: number, signal: AbortSignal) {
    const extra = { ...responseFormat(structure, reader.schema), ...parts.chat.extra };
    const body = chatBody(prompt.messages, greedySampling(maxNewTokens), 0, {
      ...parts.chat,
      extra,
    });
    const key = answerKey(asking.server.address, body, draw);
    const question = { body, draw, promptTokens: prompt.expectedTokens, maxNewTokens };
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const asked = ask(asking, question, signal, prices && { budget, prices })
      .then((one) => {
        note(one);
        return one;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  }

  function note({ answer: { promptTokens, completionTokens }, cost }: Asked): void {
    if (cost !== undefined) spending?.note({ promptTokens, completionTokens, cost });
  }

  async function reply(
    prompt: RemotePrompt,
    maxNewTokens: number,
    draw: number,
    signal: AbortSignal,
  ): Promise<Asked> {
    for (;;) {
      const tried = structure;
      try {
        return await askOnce(prompt, maxNewTokens, draw, signal);
      } catch (thrown) {
        const next = parts.structured === 'auto' ? moreLenient(tried, thrown) : undefined;
        if (next === undefined) throw thrown;
        // Others under way may have found out before.
        if (structure === tried) {
          structure = next;
          logger.warn(
            `${parts.chat.model} does not take ${tried} for verdicts; ${next} is asked for`,
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
