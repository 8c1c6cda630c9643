/** From what a server sends, at once or in pieces, to an answer. */
import { LociError } from '@loci/core';
import { z } from 'zod';
import type { ChatAnswer } from './chat-answer.ts';
import { PassingFailure } from './failure.ts';

const said = z.looseObject({
  content: z.string().nullish(),
  /** Thinking that a server cuts off from the answer, under either of two names. */
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  /** Why the model does not answer, in place of an answer. */
  refusal: z.string().nullish(),
});

/** A whole completion has `message`, a piece of a stream `delta`; the last piece may have no choice at all. */
const completion = z.looseObject({
  model: z.string().nullish(),
  choices: z.array(
    z.looseObject({
      message: said.nullish(),
      delta: said.nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z
    .looseObject({
      prompt_tokens: z.int().nonnegative(),
      completion_tokens: z.int().nonnegative(),
    })
    .nullish(),
});

/** Puts an answer together from pieces. */
export class AnswerReader {
  #thinking = '';
  #content = '';
  #refusal = '';
  #finish: string | undefined;
  #model = '';
  #promptTokens = 0;
  #completionTokens = 0;

  /** @throws PassingFailure for what is no chat completion. */
  take(piece: unknown): void {
    const { data } = completion.safeParse(piece);
    if (data === undefined) throw new PassingFailure('it sent what is no chat completion');
    const choice = data.choices[0];
    const part = choice?.message ?? choice?.delta;
    this.#thinking += part?.reasoning_content ?? part?.reasoning ?? '';
    this.#content += part?.content ?? '';
    this.#refusal += part?.refusal ?? '';
    this.#finish = choice?.finish_reason ?? this.#finish;
    this.#model = data.model ?? this.#model;
    this.#promptTokens = data.usage?.prompt_tokens ?? this.#promptTokens;
    this.#completionTokens = data.usage?.completion_tokens ?? this.#completionTokens;
  }

  /**
   * The answer, when the last piece has been taken.
   *
   * @throws PassingFailure when it broke off, LociError `remote-refused` when the server withheld it or the model refused.
   */
  finish(): ChatAnswer {
    switch (this.#finish) {
      case undefined:
        throw new PassingFailure('its answer broke off');
      case 'abort':
      case 'error':
        throw new PassingFailure('it gave the answer up');
      case 'content_filter':
        throw new LociError('remote-refused', 'the server withheld its answer: content filter');
      default:
        if (this.#content === '' && this.#refusal !== '') {
          throw new LociError(
            'remote-refused',
            `the model refused: ${this.#refusal.replace(/[\s.]+$/u, '')}`,
          );
        }
        return {
          ...(this.#thinking === ''
            ? { text: this.#content }
            : { text: `<think>${this.#thinking}</think>${this.#content}`, answer: this.#content }),
          finishReason: this.#finish === 'length' ? 'length' : 'stop',
          promptTokens: this.#promptTokens,
          completionTokens: this.#completionTokens,
          model: this.#model,
        };
    }
  }
}
