/** A model that reads answers which no rule decides, as some benchmarks have it done. */
import { defaultIfEmpty, filter, lastValueFrom, map } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';
import { greedySampling } from '../rollout/greedy-sampling.ts';
import type { Policy } from '../spec/index.ts';

/** Replies to a question about an answer. */
export interface JudgeModel {
  (question: string): Promise<string>;
  /** Questions that it is best asked at once; one when absent. */
  readonly concurrency?: number;
}

/** Judges say little. */
const JUDGEMENT_TOKENS = 256;

/**
 * A judge that asks a policy, greedily. It rejects with LociError `judge-silent` when the policy says nothing, and with whatever goes wrong
 * in sampling.
 */
export function judgeModel(policy: Policy): JudgeModel {
  const reply = async (question: string): Promise<string> => {
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
        filter((event) => event.type === 'completion'),
        map(({ answer, tokenIds }) => answer ?? policy.processor.detokenize(tokenIds)),
        defaultIfEmpty(undefined),
      );
    const said = await lastValueFrom(reply$);
    if (said !== undefined) return said;
    throw new LociError('judge-silent', 'The judge model ended without a reply');
  };
  return Object.assign(reply, { concurrency: policy.capabilities.concurrentSamples ?? 1 });
}
