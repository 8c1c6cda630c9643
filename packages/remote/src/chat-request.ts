/** A request in the form of OpenAI's chat completions, with the parts of it that vLLM, SGLang and others added. */
import type { SamplingParameters } from '@loci/core';

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

/** What is the same in all requests of a policy. */
export interface ChatSettings {
  readonly model: string;
  /** The name that the server gives to the limit of new tokens; newer models of OpenAI refuse the older name. */
  readonly maxTokensName: 'max_tokens' | 'max_completion_tokens';
  /** Added to every request as it is: `{ reasoning_effort: low }`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A request body. Its digest, with the address, is the key under which the answer is kept. */
export type ChatBody = Readonly<Record<string, unknown>> & {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
};

/**
 * The body that asks for one completion. Filters at which nothing is filtered are left out, since not every server knows them; so is
 * the seed where decoding is greedy.
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
