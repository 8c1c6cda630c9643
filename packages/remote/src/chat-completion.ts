/** A request and its answer in the form of OpenAI's chat completions, with the fields that vLLM, SGLang and others added. */
import type { FinishReason, SamplingParameters } from '@loci/core';
import { z } from 'zod';

/** A piece of a message. */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'video_url'; readonly video_url: { readonly url: string } };

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ChatPart[];
}

/** The settings that all requests of a policy share. */
export interface ChatSettings {
  readonly model: string;
  /** The server's name for the limit of new tokens; newer models of OpenAI reject the older name. */
  readonly maxTokensName: 'max_tokens' | 'max_completion_tokens';
  /** Added to every request as it is: `{ reasoning_effort: low }`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A request body. Its digest, with the address, is the key of the answer in the cache. */
export type ChatBody = Readonly<Record<string, unknown>> & {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
};

/**
 * The body of a request for one completion. It leaves out filters that filter nothing, since not every server knows them, and the seed of
 * greedy decoding.
 */
export function chatBody(
  messages: readonly ChatMessage[],
  { temperature, topP, topK, repetitionPenalty, maxNewTokens }: SamplingParameters,
  seed: number,
  { model, maxTokensName, extra }: ChatSettings,
): ChatBody {
  return {
    model,
    messages,
    temperature,
    [maxTokensName]: maxNewTokens,
    ...(topP < 1 && { top_p: topP }),
    ...(topK > 0 && { top_k: topK }),
    ...(repetitionPenalty !== 1 && { repetition_penalty: repetitionPenalty }),
    ...(temperature > 0 && { seed: seed % 2 ** 31 }),
    ...extra,
  };
}

/** The whole answer of a server to one request. */
export const chatAnswer = z.strictObject({
  /** Thinking that the server sent apart comes first, in `<think>` tags. */
  text: z.string(),
  /** The text without that thinking; absent where the server sent no thinking apart. */
  answer: z.string().exactOptional(),
  finishReason: z.enum(['stop', 'length']) satisfies z.ZodType<FinishReason>,
  promptTokens: z.int().nonnegative(),
  completionTokens: z.int().nonnegative(),
  /** The name that the server gave, which may be more exact than the requested one. */
  model: z.string(),
});

/** See {@link chatAnswer}. Token counts are 0 where the server sends none. */
export type ChatAnswer = z.infer<typeof chatAnswer>;
