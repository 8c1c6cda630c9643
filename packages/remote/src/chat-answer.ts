import type { FinishReason } from '@loci/core';
import { z } from 'zod';

/** What a server answered to one request, in whole. */
export const chatAnswer = z.strictObject({
  /** With the model's thinking, where the server sends it apart, in `<think>` tags before it. */
  text: z.string(),
  /** The text without that thinking; absent where the server sent none apart. */
  answer: z.string().exactOptional(),
  finishReason: z.enum(['stop', 'length']) satisfies z.ZodType<FinishReason>,
  promptTokens: z.int().nonnegative(),
  completionTokens: z.int().nonnegative(),
  /** As the server names it, which may be more exact than what was asked for. */
  model: z.string(),
});

/** See {@link chatAnswer}. Token counts are 0 where the server sends none. */
export type ChatAnswer = z.infer<typeof chatAnswer>;
