/** Everything behind HTTP: models as policies and as judges, trackers as sinks. It needs no engine. */
import { judgeReward } from './judge/judge-plugin.ts';
import { openaiPolicy } from './openai-plugin.ts';
import { mlflowSink } from './trackers/mlflow-plugin.ts';
import { trackioSink } from './trackers/trackio.ts';

export { judgeReward } from './judge/judge-plugin.ts';
export { openaiPolicy } from './openai-plugin.ts';
export { OpenAiPolicy } from './openai-policy.ts';
export type { OpenAiPolicyParts, TokenPrices } from './openai-policy.ts';
export { mlflowSink } from './trackers/mlflow-plugin.ts';
export { trackioSink } from './trackers/trackio.ts';

/** The plugins of this package. */
export const plugins = [openaiPolicy, judgeReward, trackioSink, mlflowSink] as const;
