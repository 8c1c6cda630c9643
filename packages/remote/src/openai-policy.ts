/** A model behind an OpenAI-compatible server, as a policy that samples but does not train. */
import { LociError, deriveSeed } from '@loci/core';
import type {
  Logger,
  Policy,
  PolicyCapabilities,
  PolicySpending,
  SampleEvent,
  SampleRequest,
  SpendingBudget,
  TokenUsage,
} from '@loci/core';
import { Observable, from, mergeMap, range } from 'rxjs';
import { ask } from './ask.ts';
import type { AskResult, AskParts } from './ask.ts';
import { END_TOKEN, tokensOfText } from './remote-processor.ts';
import type { ChatAnswer } from './chat-completion.ts';
import { chatBody } from './chat-completion.ts';
import type { ChatSettings } from './chat-completion.ts';
import type { RemoteProcessor } from './remote-processor.ts';
import { costOf } from './token-prices.ts';
import type { TokenPrices } from './token-prices.ts';

export type { TokenPrices } from './token-prices.ts';

/** The parts of a policy. */
export interface OpenAiPolicyParts {
  readonly asking: AskParts;
  readonly chat: ChatSettings;
  readonly processor: RemoteProcessor;
  readonly concurrency: number;
  readonly prices: TokenPrices | undefined;
  /** Model, address and how media are sent, for people to read. */
  readonly description: string;
  readonly logger: Logger;
}

/** Samples by requests. Methods that only a trainable policy has reject with LociError `not-trainable`. */
export class OpenAiPolicy implements Policy {
  readonly capabilities: PolicyCapabilities;
  readonly processor: RemoteProcessor;
  readonly #parts: OpenAiPolicyParts;
  readonly #disposed = new AbortController();
  readonly spending: PolicySpending = {
    expect: (prompt, maxNewTokens) => {
      const { prices } = this.#parts;
      const promptTokens = this.processor.remotePrompt(prompt).expectedTokens;
      return {
        promptTokens,
        completionTokens: maxNewTokens,
        ...(prices && { cost: costOf(prices, promptTokens, maxNewTokens) }),
      };
    },
    payFrom: (budget) => {
      if (this.#parts.prices === undefined) throw pricesMissing();
      this.#budget = budget;
    },
  };
  #budget: SpendingBudget | undefined;
  readonly #spent = { answers: 0, cached: 0, promptTokens: 0, completionTokens: 0 };

  constructor(parts: OpenAiPolicyParts) {
    this.#parts = parts;
    this.processor = parts.processor;
    this.capabilities = {
      trainable: false,
      streaming: false,
      media: ['video', 'image'],
      losses: [],
      entropies: false,
      // The server knows its limit and refuses what exceeds it.
      maxTokens: Number.MAX_SAFE_INTEGER,
      description: parts.description,
      concurrentSamples: parts.concurrency,
    };
  }

  sample(request: SampleRequest): Observable<SampleEvent> {
    return from(request.prompts).pipe(
      mergeMap((_, prompt) =>
        range(0, request.completionsPerPrompt).pipe(
          mergeMap((completion) => this.#complete(request, prompt, completion)),
        ),
      ),
    );
  }

  #complete(request: SampleRequest, prompt: number, completion: number): Observable<SampleEvent> {
    return new Observable<SampleEvent>((subscriber) => {
      const left = new AbortController();
      const signal = AbortSignal.any([left.signal, this.#disposed.signal]);
      this.#ask(request, prompt, completion, signal).then(
        (asked) => {
          subscriber.next({
            type: 'completion',
            prompt,
            completion,
            ...completionOf(asked.answer),
            usage: this.#usage(asked),
          });
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
      return () => left.abort();
    });
  }

  async #ask(
    { prompts, sampling, seed }: SampleRequest,
    prompt: number,
    completion: number,
    signal: AbortSignal,
  ): Promise<AskResult> {
    signal.throwIfAborted();
    const { messages, expectedTokens } = this.processor.remotePrompt(prompts[prompt]!);
    const draw = sampling.temperature > 0 ? completion : 0;
    const own = deriveSeed(seed, 'completion', completion);
    const question = {
      body: chatBody(messages, sampling, own, this.#parts.chat),
      draw,
      promptTokens: expectedTokens,
      maxNewTokens: sampling.maxNewTokens,
    };
    const { asking, prices } = this.#parts;
    const payment = this.#budget && prices && { budget: this.#budget, prices };
    return ask(asking, question, signal, payment);
  }

  #usage({ answer: { promptTokens, completionTokens }, cached }: AskResult): TokenUsage {
    const { prices } = this.#parts;
    const spent = this.#spent;
    spent.answers++;
    if (cached) spent.cached++;
    else {
      spent.promptTokens += promptTokens;
      spent.completionTokens += completionTokens;
    }
    return {
      promptTokens,
      completionTokens,
      cached,
      ...(prices && { cost: cached ? 0 : costOf(prices, promptTokens, completionTokens) }),
    };
  }

  logProbs(): Promise<never> {
    return notTrainable('gives no log-probabilities of given tokens');
  }

  forwardBackward(): Promise<never> {
    return notTrainable('gives no gradients');
  }

  optimStep(): Promise<never> {
    return notTrainable('cannot be updated');
  }

  save(): Promise<never> {
    return notTrainable('cannot be saved');
  }

  load(): Promise<never> {
    return notTrainable('takes no weights');
  }

  dispose(): Promise<void> {
    if (!this.#disposed.signal.aborted) {
      this.#disposed.abort(
        new LociError(
          'policy-disposed',
          'The policy has been disposed of and sends no more requests',
        ),
      );
      this.#report();
    }
    return Promise.resolve();
  }

  #report(): void {
    const { answers, cached, promptTokens, completionTokens } = this.#spent;
    if (answers === 0) return;
    const { prices, chat, logger } = this.#parts;
    const cost = prices && costOf(prices, promptTokens, completionTokens).toFixed(4);
    logger.info(
      `${chat.model}: ${answers} answers, ${cached} of them from the cache; ${promptTokens} prompt and ${completionTokens} completion tokens` +
        (cost === undefined ? '' : `, cost ${cost}`),
    );
  }
}

function completionOf({ text, finishReason, answer }: ChatAnswer) {
  const tokens = tokensOfText(text);
  const stopped = finishReason === 'stop';
  const tokenIds = new Int32Array(tokens.length + (stopped ? 1 : 0)).fill(END_TOKEN);
  tokenIds.set(tokens);
  return {
    tokenIds,
    logProbs: new Float32Array(tokenIds.length).fill(NaN),
    finishReason,
    ...(answer !== undefined && { answer }),
  };
}

function notTrainable(what: string): Promise<never> {
  return Promise.reject(
    new LociError('not-trainable', `A model behind a server ${what}: it can only be evaluated`),
  );
}

function pricesMissing(): LociError {
  return new LociError(
    'prices-missing',
    'A budget needs the prices of the model: set policy.prices to { prompt: …, completion: … }, each for a million tokens',
  );
}
