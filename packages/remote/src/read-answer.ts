/** From the pieces of a reply to an answer. Only what matters is looked at: a text, why it ended, and counts where they are sent. */
import { LociError, saysNothing, splitThinking } from '@loci/core';
import type { ChatAnswer } from './chat-answer.ts';
import { saidIn } from './content-text.ts';
import { PassingFailure } from './http/passing-failure.ts';
import { onOneLine } from './one-line.ts';
import type { Piece } from './read-pieces.ts';
import { errorIn } from './server-error.ts';
import type { ServerError } from './server-error.ts';

/** A server called its reply an error, in the body of a reply whose status says otherwise. */
export class ToldError extends Error {
  readonly told: ServerError;
  readonly body: unknown;

  constructor(told: ServerError, body: unknown) {
    super(told.words);
    this.told = told;
    this.body = body;
  }
}

/** What was asked for, and how what is told of it is shown. */
export interface AnswerTerms {
  /** Tokens that were allowed; 0 where there was no limit. */
  readonly maxTokens: number;
  /** Whether the answer was asked for in pieces. */
  readonly stream: boolean;
  /** Hides the key in what the server says. */
  readonly hide: (text: string) => string;
}

/** What a server sends is worth asking once more, and rarely better then. */
const ATTEMPTS_AT_NOTHING = 2;
const SHOWN_TEXT = 200;
const CUT: ReadonlySet<string> = new Set(['length', 'max_tokens', 'model_length', 'max_length']);
const GIVEN_UP: ReadonlySet<string> = new Set(['abort', 'aborted', 'error', 'cancelled']);
const WITHHELD =
  /^(?:content_filter|content_filtered|safety|recitation|prohibited_content|blocklist|spii|refusal|sensitive)$/u;

/** Puts an answer together from pieces. */
export class AnswerReader {
  readonly #terms: AnswerTerms;
  /** Advice for what a server that cannot stream makes of streaming. */
  readonly #unstreamed: string;
  #thinking = '';
  #content = '';
  #refusal = '';
  #finish: string | undefined;
  #model = '';
  #promptTokens = 0;
  #completionTokens = 0;
  #isWhole = false;
  #isCompletion = false;
  /** Names of the fields of what is no completion, and texts that are no JSON: for the message. */
  #alien: string | undefined;
  #remark = '';

  constructor(terms: AnswerTerms) {
    this.#terms = terms;
    this.#unstreamed = terms.stream ? ' If the server cannot stream, set stream: false.' : '';
  }

  /** Whether the end sign came, after which nothing is looked at. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Whether nothing more is needed: the end was told, or a reason to finish. */
  get isOver(): boolean {
    return this.#isWhole || this.#finish !== undefined;
  }

  /** Characters so far: an end that was told too early is followed by more of them. */
  get length(): number {
    return this.#thinking.length + this.#content.length;
  }

  /** @throws ToldError for a piece that is an error. */
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
        if (piece.isError) throw toldOf(piece.json);
        return this.#takeJson(piece.json);
      default:
        piece satisfies never;
    }
  }

  #takeJson(json: unknown): void {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      if (errorIn(json) !== undefined) throw toldOf(json);
      this.#alien ??= JSON.stringify(json);
      return;
    }
    if (errorIn(json) !== undefined) throw toldOf(json);
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
      throw toldOf({ error: choice['error'] });
    }
    const { message, delta, text, finish_reason: finish } = choice;
    const said = saidIn(message ?? delta ?? text);
    // A whole message after its pieces repeats them.
    const repeats = message !== undefined && message !== null && said.content !== '';
    this.#content = repeats ? said.content : this.#content + said.content;
    this.#thinking =
      repeats && said.thinking !== '' ? said.thinking : this.#thinking + said.thinking;
    this.#refusal += said.refusal;
    if (typeof finish === 'string' && finish !== '') {
      this.#finish = this.#terms.hide(finish).toLowerCase();
    }
  }

  /**
   * The answer, when the last piece has been taken.
   *
   * @throws PassingFailure when it broke off or says nothing; LociError `remote-refused` when the server withheld it, the model refused or the
   * reply is a page, `remote-empty` when the model used up its tokens in thinking.
   */
  finish(): ChatAnswer {
    if (!this.#isCompletion) throw this.#foreign();
    const { maxTokens } = this.#terms;
    const finish = this.#finish;
    if (finish === undefined && !this.#isWhole) {
      const remark = this.#remark === '' ? '' : `; it sent: ${this.#shown(this.#remark)}`;
      throw new PassingFailure(`its answer broke off${remark}`, {
        advice: this.#unstreamed.trim(),
      });
    }
    if (finish !== undefined && GIVEN_UP.has(finish)) {
      throw new PassingFailure('it gave the answer up');
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
        `The model said nothing: it used up its tokens${thought ? ' in thinking' : ''}${counted}. Allow more with --max-new-tokens`,
        { concerns: 'item' },
      );
    }
    const what = thought
      ? `the model only thought and gave no answer${counted}`
      : `it answered without any text (finish_reason ${this.#finish ?? 'null'}${counted})`;
    return new PassingFailure(what, {
      attempts: ATTEMPTS_AT_NOTHING,
      code: 'remote-empty',
      advice: `Nothing of it is kept.${this.#unstreamed}`,
    });
  }

  /** The key is hidden before the text is cut: half a key is a secret, too. */
  #shown(text: string): string {
    return cut(this.#terms.hide(text));
  }

  #foreign(): Error {
    if (this.#alien !== undefined) {
      return new PassingFailure(
        `it sent what is no chat completion (${this.#shown(this.#alien)})`,
        {
          advice: `See baseUrl: it must speak OpenAI's chat completions.${this.#unstreamed}`,
        },
      );
    }
    if (!saysNothing(this.#remark)) {
      return new LociError(
        'remote-refused',
        `the server sent ${/^\s*</u.test(this.#remark) ? 'a page' : 'plain text'} where a chat completion should be: ${this.#shown(this.#remark)}. See baseUrl.${this.#unstreamed}`,
        { concerns: 'item' },
      );
    }
    return new PassingFailure('it sent nothing', {
      attempts: ATTEMPTS_AT_NOTHING,
      code: 'remote-empty',
      advice: this.#unstreamed.trim(),
    });
  }
}

function toldOf(json: unknown): ToldError {
  const told = errorIn(json) ?? errorIn({ error: json }) ?? { words: '', codes: [] };
  return new ToldError(told, json);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function cut(text: string): string {
  const unmarked = text
    .replace(/<(?:script|style)\b[\s\S]*?(?:<\/(?:script|style)>|$)/giu, ' ')
    .replace(/<[^>]*>/gu, ' ');
  const plain = onOneLine(unmarked).trim();
  return plain.length <= SHOWN_TEXT ? plain : `${plain.slice(0, SHOWN_TEXT)}…`;
}
