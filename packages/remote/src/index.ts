/** Models behind HTTP, as policies. No engine is needed. */
import { openaiPolicy } from './openai-plugin.ts';

export { openaiPolicy } from './openai-plugin.ts';
export { OpenAiPolicy } from './openai-policy.ts';
export type { OpenAiPolicyParts, TokenPrices } from './openai-policy.ts';

/** The policy plugins of this package. */
export const plugins = [openaiPolicy] as const;
