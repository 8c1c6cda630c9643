/** Puts an answer together from the pieces of a reply. It reads the text, the reason to finish, and token counts where a server sends them. */
import { LociError, saysNothing, splitThinking } from '@loci/core';
import type { ChatAnswer } from './chat-completion.ts';
import { textOfMessage } from './message-text.ts';
import { PassingFailure } from './http/passing-failure.ts';
import { shownText } from './shown-text.ts';
import type { Piece } from './read-pieces.ts';
import { errorIn } from './server-error.ts';
import type { ServerError } from './server-error.ts';

/** An error in the body of a reply whose status is that of a success. */
export class BodyError extends Error {
  readonly error: ServerError;
  readonly body: unknown;

  constructor(error: ServerError, body: unknown) {
    super(error.words);
    this.error = error;
    this.body = body;
  }
}

/** The terms of a request, as far as its answer depends on them. */
export interface AnswerTerms {
  /** Limit of new tokens; 0 without a limit. */
  readonly maxTokens: number;
  /** Whether the request asked for pieces. */
  readonly stream: boolean;
  /** Hides the key in the server's words. */
  readonly hide: (text: string) => string;
}

/** Attempts at a request whose answer is empty: a second one sometimes helps, a third rarely. */
const ATTEMPTS_AT_NOTHING = 2;
const SHOWN_TEXT = 200;
const CUT: ReadonlySet<string> = new Set(['length', 'max_tokens', 'model_length', 'max_length']);
const ABORTED: ReadonlySet<string> = new Set(['abort', 'aborted', 'error', 'cancelled']);
const WITHHELD =
  /^(?:content_filter|content_filtered|safety|recitation|prohibited_content|blocklist|spii|refusal|sensitive)$/u;

/** Puts an answer together from pieces. */
export class AnswerReader {
  readonly #terms: AnswerTerms;
  /** Advice for a server that cannot stream. */
  readonly #streamAdvice: string;
  #thinking = '';
  #content = '';
  #refusal = '';
  #finish: string | undefined;
  #model = '';
  #promptTokens = 0;
  #completionTokens = 0;
  #isWhole = false;
  #isCompletion = false;
  /** Names the fields of JSON that is not a completion, for the message. */
  #alien: string | undefined;
  /** Text that is not JSON, for the message. */
  #remark = '';

  constructor(terms: AnswerTerms) {
    this.#terms = terms;
    this.#streamAdvice = terms.stream ? ' If the server cannot stream, set stream: false.' : '';
  }

  /** Whether the end sign came. The reader ignores everything after it. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Whether the answer needs nothing more: the end sign came, or a reason to finish. */
  get isOver(): boolean {
    return this.#isWhole || this.#finish !== undefined;
  }

  /** Characters so far. Their number grows when the reason to finish came too early. */
  get length(): number {
    return this.#thinking.length + this.#content.length;
  }

  /** @throws BodyError for a piece that is an error. */
  take(piece: Piece): void {
    if (this.#isWhole) return;
    switch (piece.kind) {
      case 'done':
        this.#isWhole = true;
        return;
      case 'text':
        this.#remark ||= piece.text;
        return;
      case 'whole':
        this.#isWhole = true;
        return this.#takeJson(piece.json);
      case 'part':
        if (piece.isError) throw bodyError(piece.json);
        return this.#takeJson(piece.json);
      default:
        piece satisfies never;
    }
  }

  #takeJson(json: unknown): void {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      if (errorIn(json) !== undefined) throw bodyError(json);
      this.#alien ??= JSON.stringify(json);
      return;
    }
    if (errorIn(json) !== undefined) throw bodyError(json);
    const { choices, usage, model } = json as Readonly<Record<string, unknown>>;
    if (Array.isArray(choices) || choices === null) this.#isCompletion = true;
    else if (choices !== undefined || usage === undefined) {
      this.#alien ??= `its fields: ${Object.keys(json).join(', ')}`;
    }
    if (typeof model === 'string' && model !== '') this.#model = model;
    const { prompt_tokens: prompt, completion_tokens: completion } = Object(usage) as {
      readonly prompt_tokens?: unknown;
      readonly completion_tokens?: unknown;
    };
    if (isCount(prompt)) this.#promptTokens = prompt;
    if (isCount(completion)) this.#completionTokens = completion;
    if (Array.isArray(choices) && choices.length > 0) this.#takeChoice(Object(choices[0]));
  }

  #takeChoice(choice: Readonly<Record<string, unknown>>): void {
    if (typeof choice['error'] === 'object' && choice['error'] !== null) {
      throw bodyError({ error: choice['error'] });
    }
    const { message, delta, text, finish_reason: finish } = choice;
    const { content, thinking, refusal } = textOfMessage(message ?? delta ?? text);
    // A whole message after its pieces repeats them.
    const repeats = message !== undefined && message !== null && content !== '';
    this.#content = repeats ? content : this.#content + content;
    this.#thinking = repeats && thinking !== '' ? thinking : this.#thinking + thinking;
    this.#refusal += refusal;
    if (typeof finish === 'string' && finish !== '') {
      this.#finish = this.#terms.hide(finish).toLowerCase();
    }
  }

  /**
   * The answer, after the last piece.
   *
   * @throws PassingFailure when the answer broke off or is empty; LociError `remote-refused` when the server withheld it, the model refused or
   * the reply is a page; LociError `remote-empty` when the model used up its tokens in thinking.
   */
  finish(): ChatAnswer {
    if (!this.#isCompletion) throw this.#foreign();
    const { maxTokens } = this.#terms;
    const finish = this.#finish;
    if (finish === undefined && !this.#isWhole) {
      const remark = this.#remark === '' ? '' : `; it sent: ${this.#shown(this.#remark)}`;
      throw new PassingFailure(`its answer broke off${remark}`, {
        advice: this.#streamAdvice.trim(),
      });
    }
    if (finish !== undefined && ABORTED.has(finish)) {
      throw new PassingFailure('it aborted the answer');
    }
    const { answer, text } = this.#texts();
    if (finish !== undefined && WITHHELD.test(finish)) {
      throw new LociError('remote-refused', `the server withheld its answer: ${finish}`, {
        concerns: 'item',
      });
    }
    const isCut =
      finish === undefined ? this.#completionTokens >= maxTokens && maxTokens > 0 : CUT.has(finish);
    if (saysNothing(answer)) throw this.#silence(isCut);
    return {
      text,
      ...(answer !== text && { answer }),
      finishReason: isCut ? 'length' : 'stop',
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      model: this.#model,
    };
  }

  /** The whole text with thinking in `<think>` tags before it, and the answer alone. */
  #texts(): { readonly text: string; readonly answer: string } {
    const { thinking, answer } = splitThinking(this.#content);
    if (this.#thinking !== '') {
      const content = this.#content.trimStart();
      return { text: `<think>${this.#thinking}</think>${content}`, answer: answer.trimStart() };
    }
    const isOpened = thinking === '' || /<think>/iu.test(thinking);
    if (isOpened || !/<\/think>/iu.test(thinking)) return { text: this.#content, answer };
    // The template opened the tag in the prompt.
    return { text: `<think>${this.#content}`, answer };
  }

  #silence(isCut: boolean): Error {
    if (this.#refusal !== '') {
      const words = this.#refusal.replace(/[\s.]+$/u, '');
      return new LociError('remote-refused', `the model refused: ${words}`, { concerns: 'item' });
    }
    const counted =
      this.#completionTokens > 0 ? `, and counted ${this.#completionTokens} tokens` : '';
    const thought = this.#thinking !== '' || !saysNothing(this.#content);
    if (isCut) {
      return new LociError(
        'remote-empty',
        `The answer is empty: the model used up its tokens${thought ? ' in thinking' : ''}${counted}. Allow more with --max-new-tokens`,
        { concerns: 'item' },
      );
    }
    const what = thought
      ? `the model only thought and gave no answer${counted}`
      : `it answered without any text (finish_reason ${this.#finish ?? 'null'}${counted})`;
    return new PassingFailure(what, {
      attempts: ATTEMPTS_AT_NOTHING,
      code: 'remote-empty',
      advice: `The cache does not keep it.${this.#streamAdvice}`,
    });
  }

  /** Hides the key before it cuts the text: half a key is a secret, too. */
  #shown(text: string): string {
    return shownText(this.#terms.hide(text), SHOWN_TEXT);
  }

  #foreign(): Error {
    if (this.#alien !== undefined) {
      return new PassingFailure(`its reply is no chat completion (${this.#shown(this.#alien)})`, {
        advice: `See baseUrl: its interface must be OpenAI's chat completions.${this.#streamAdvice}`,
      });
    }
    if (!saysNothing(this.#remark)) {
      return new LociError(
        'remote-refused',
        `the server sent ${/^\s*</u.test(this.#remark) ? 'a page' : 'plain text'} where a chat completion should be: ${this.#shown(this.#remark)}. See baseUrl.${this.#streamAdvice}`,
        { concerns: 'item' },
      );
    }
    return new PassingFailure('it sent nothing', {
      attempts: ATTEMPTS_AT_NOTHING,
      code: 'remote-empty',
      advice: this.#streamAdvice.trim(),
    });
  }
}

function bodyError(json: unknown): BodyError {
  const error = errorIn(json) ?? errorIn({ error: json }) ?? { words: '', codes: [] };
  return new BodyError(error, json);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
