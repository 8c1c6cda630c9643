/** Models behind HTTP, as policies and as judges. No engine is needed. */
import { judgeReward } from './judge/judge-plugin.ts';
import { openaiPolicy } from './openai-plugin.ts';

export { judgeReward } from './judge/judge-plugin.ts';
export { openaiPolicy } from './openai-plugin.ts';
export { OpenAiPolicy } from './openai-policy.ts';
export type { OpenAiPolicyParts, TokenPrices } from './openai-policy.ts';

/** The plugins of this package. */
export const plugins = [openaiPolicy, judgeReward] as const;
