/** A model that reads answers which no rule decides, as some benchmarks have it done. */
import { defaultIfEmpty, filter, lastValueFrom, map } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';
import type { Policy } from '../spec/index.ts';
import { greedySampling } from './evaluate-policy.ts';

/** Replies to a question about an answer. */
export type JudgeModel = (question: string) => Promise<string>;

/** Judges say little. */
const JUDGEMENT_TOKENS = 256;

/**
 * A judge that asks a policy, greedily. It rejects with LociError `judge-silent` when the policy says nothing, and with whatever goes wrong
 * in sampling.
 */
export function judgeModel(policy: Policy): JudgeModel {
  return async (question) => {
    const parts = [{ type: 'text', text: question }] as const;
    const prompt = await policy.processor.encode([{ role: 'user', parts }]);
    const reply$ = policy
      .sample({
        prompts: [prompt],
        completionsPerPrompt: 1,
        sampling: greedySampling(JUDGEMENT_TOKENS),
        seed: 0,
      })
      .pipe(
        filter(({ type }) => type === 'completion'),
        map(({ tokenIds }) => policy.processor.detokenize(tokenIds)),
        defaultIfEmpty(undefined),
      );
    const reply = await lastValueFrom(reply$);
    if (reply !== undefined) return reply;
    throw new LociError('judge-silent', 'The judge model ended without a reply');
  };
}
