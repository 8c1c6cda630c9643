/** Makes one attempt at one request to a server. */
import { LociError } from '@loci/core';
import type { ChatAnswer, ChatBody } from './chat-completion.ts';
import { sortConnectionFailure, sortFailure } from './failure.ts';
import type { Sender } from './failure.ts';
import { watchAnswer } from './http/answer-watch.ts';
import type { AnswerLimits, AnswerWatch } from './http/answer-watch.ts';
import { keyHider } from './http/hide-key.ts';
import { PassingFailure } from './http/passing-failure.ts';
import { postJson } from './http/post-json.ts';
import type { Reply } from './http/post-json.ts';
import { AnswerReader, BodyError } from './read-answer.ts';
import { readPieces } from './read-pieces.ts';
import { errorInText } from './server-error.ts';

/** The address of a server, and the way to use it. */
export interface ChatServerOptions {
  /** Up to and with the version: `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  /** Undefined for a server without keys. */
  readonly apiKey: string | undefined;
  /** Whether answers come in pieces. The silence between two of them then shows a server that hangs. */
  readonly stream: boolean;
  readonly limits: AnswerLimits;
}

/** A server that can be asked. */
export interface ChatServer {
  readonly address: string;
  /**
   * Sends a request. Rejects with a PassingFailure where another attempt may succeed; with LociErrors as in `sortFailure`,
   * `sortConnectionFailure`, `postJson` and `AnswerReader.finish` where none will, and `remote-endless` for an answer beyond the limits; with
   * the signal's reason when the signal is raised. Neither an answer nor a message contains the API key.
   */
  attempt(body: ChatBody, signal: AbortSignal): Promise<ChatAnswer>;
}

const MOST_ERROR_CHARACTERS = 65_536;
/** Time for token counts after a reason to finish. Some servers send a reason with every piece; then more pieces follow. */
const AFTER_FINISHING_MS = 10_000;
/** Nothing follows the end sign. The wait lets the connection be used again. */
const AFTER_THE_END_MS = 1000;

/** A server with OpenAI's chat completions. It sends nothing before the first attempt. */
export function openChatServer({ baseUrl, apiKey, stream, limits }: ChatServerOptions): ChatServer {
  const hider = keyHider(apiKey);
  const sender: Sender = { address: baseUrl, hasKey: apiKey !== undefined, hide: hider.inMessage };
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/u, '')}/chat/completions`;

  async function read(reply: Reply, watch: AnswerWatch, maxTokens: number): Promise<ChatAnswer> {
    const { status, headers, body } = reply;
    const text = watch.text(body);
    if (status < 200 || status >= 300) {
      const words = await beginningOf(text);
      const error = errorInText(words);
      throw sortFailure({ status, headers, error, body: parsed(words) }, sender);
    }
    const reader = new AnswerReader({ maxTokens, stream, hide: hider.inMessage });
    try {
      let ended = '';
      for await (const piece of readPieces(text)) {
        reader.take(piece);
        const ends = reader.isWhole ? 'by the sign' : `at ${reader.length}`;
        if (!reader.isOver || ends === ended) continue;
        ended = ends;
        watch.endWithin(reader.isWhole ? AFTER_THE_END_MS : AFTER_FINISHING_MS);
      }
    } catch (thrown) {
      if (!(thrown instanceof BodyError)) throw thrown;
      throw sortFailure({ status, headers, error: thrown.error, body: thrown.body }, sender);
    }
    if (watch.reached !== 'over') watch.signal.throwIfAborted();
    return reader.finish();
  }

  function overLimit({ reached }: AnswerWatch): Error | undefined {
    const endless = (what: string, option: string) =>
      new LociError('remote-endless', `The answer of ${baseUrl} ${what}. See ${option}`, {
        concerns: 'item',
      });
    switch (reached) {
      case 'silence':
        return new PassingFailure(`it said nothing for ${limits.silenceMs / 1000} s`);
      case 'time':
        return endless(`was not complete after ${limits.totalMs / 1000} s`, 'maxAnswerSeconds');
      case 'bytes':
        return endless(`is longer than ${limits.bytes} bytes`, 'maxAnswerBytes');
      case 'over':
      case undefined:
        return undefined;
      default:
        return reached satisfies never;
    }
  }

  return {
    address: baseUrl,
    async attempt(body, signal) {
      const sent = JSON.stringify({
        ...body,
        ...(stream && { stream: true, stream_options: { include_usage: true } }),
      });
      const watch = watchAnswer(limits, signal);
      try {
        const reply = await postJson({ url: url.href, body: sent, apiKey }, watch.signal);
        return hidden(await read(reply, watch, maxTokensOf(body)), hider.inAnswer);
      } catch (thrown) {
        signal.throwIfAborted();
        const failure = overLimit(watch) ?? sortConnectionFailure(thrown, baseUrl);
        if (failure instanceof PassingFailure) {
          throw new PassingFailure(hider.inMessage(failure.message), {
            ...failure.details,
            cause: undefined,
          });
        }
        if (!LociError.is(failure)) throw failure;
        const { code, concerns } = failure;
        throw new LociError(code, hider.inMessage(failure.message), {
          ...(concerns && { concerns }),
        });
      } finally {
        watch.stop();
      }
    },
  };
}

function hidden(answer: ChatAnswer, hide: (text: string) => string): ChatAnswer {
  return {
    ...answer,
    text: hide(answer.text),
    model: hide(answer.model),
    ...(answer.answer !== undefined && { answer: hide(answer.answer) }),
  };
}

/** The token limit of a request, whatever its name; 0 for none. */
function maxTokensOf(body: ChatBody): number {
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  return typeof limit === 'number' ? limit : 0;
}

async function beginningOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length >= MOST_ERROR_CHARACTERS) break;
  }
  return text.slice(0, MOST_ERROR_CHARACTERS);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
