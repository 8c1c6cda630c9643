/** One attempt at one request, through OpenAI's own client. */
import { LociError } from '@loci/core';
import type OpenAI from 'openai';
import type { ChatAnswer } from './chat-answer.ts';
import type { ChatBody } from './chat-request.ts';
import { PassingFailure, sortFailure } from './failure.ts';
import type { ClientErrors } from './failure.ts';
import { AnswerReader } from './read-answer.ts';

/** Where a server is and how it is spoken to. */
export interface ChatServerOptions {
  /** Up to and with the version: `http://localhost:8000/v1`. */
  readonly baseUrl: string;
  /** Undefined where the server wants none. */
  readonly apiKey: string | undefined;
  /** Whether answers come in pieces; a server that hangs is then noticed between two of them. */
  readonly stream: boolean;
  /** Silence after which an attempt is given up. */
  readonly silenceMs: number;
}

/** A server that can be asked. */
export interface ChatServer {
  readonly address: string;
  /**
   * Rejects with a PassingFailure where another attempt may succeed, with LociErrors as in `sortFailure` where none will, and with the
   * signal's reason when it is raised. No message holds the API key.
   */
  attempt(body: ChatBody, signal: AbortSignal): Promise<ChatAnswer>;
}

/** A server that speaks OpenAI's chat completions. Nothing is sent before the first attempt. */
export function openChatServer({
  baseUrl,
  apiKey,
  stream,
  silenceMs,
}: ChatServerOptions): ChatServer {
  let opened: Promise<{ readonly client: OpenAI; readonly errors: ClientErrors }> | undefined;
  const open = async () => {
    const { default: Client } = await import('openai');
    const client = new Client({
      baseURL: baseUrl,
      // The client insists on a key; servers that want none do not look at it.
      apiKey: apiKey ?? 'none',
      organization: null,
      project: null,
      maxRetries: 0,
      timeout: 2 ** 31 - 1,
      logLevel: 'off',
    });
    return { client, errors: Client };
  };
  const hide = (text: string) => (apiKey ? text.replaceAll(apiKey, '[API key]') : text);

  async function read(
    client: OpenAI,
    body: ChatBody,
    signal: AbortSignal,
    alive: () => void,
  ): Promise<ChatAnswer> {
    const reader = new AnswerReader();
    // The client's types know neither videos nor what other servers added.
    const known = body as unknown as OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
    if (!stream) {
      reader.take(await client.chat.completions.create(known, { signal }));
      return reader.finish();
    }
    const pieces = await client.chat.completions.create(
      { ...known, stream: true, stream_options: { include_usage: true } },
      { signal },
    );
    alive();
    for await (const piece of pieces) {
      alive();
      reader.take(piece);
    }
    return reader.finish();
  }

  return {
    address: baseUrl,
    async attempt(body, signal) {
      const { client, errors } = await (opened ??= open());
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(), silenceMs);
      try {
        return await read(client, body, AbortSignal.any([signal, silence.signal]), () =>
          timer.refresh(),
        );
      } catch (thrown) {
        signal.throwIfAborted();
        if (silence.signal.aborted) {
          throw new PassingFailure(`it said nothing for ${silenceMs / 1000} s`);
        }
        const failure = sortFailure(
          thrown,
          { address: baseUrl, hasKey: apiKey !== undefined },
          errors,
        );
        if (failure instanceof PassingFailure) {
          const { message, waitMs } = failure;
          throw new PassingFailure(hide(message), waitMs === undefined ? {} : { waitMs });
        }
        if (LociError.is(failure)) throw new LociError(failure.code, hide(failure.message));
        throw failure;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
