/** A model that reads answers which no rule decides, as some benchmarks have it done. */
import { defaultIfEmpty, filter, lastValueFrom, map } from 'rxjs';
import { LociError } from '../../errors/loci-error.ts';
import { greedySampling } from '../../rollout/greedy-sampling.ts';
import { turnText } from '../../rollout/opened-text.ts';
import type { Policy } from '../../spec/index.ts';
import { saysNothing, splitThinking } from '../store/split-thinking.ts';

/** Replies to a question about an answer. */
export interface JudgeModel {
  (question: string): Promise<string>;
  /** Questions that it is best asked at once; one when absent. */
  readonly concurrency?: number;
}

/** Judges say little; one that thinks aloud is given more when this was too little. */
const JUDGEMENT_TOKENS: readonly [first: number, again: number] = [256, 4096];

/**
 * A judge that asks a policy, greedily, and gives what it says after its thinking. A reply that was cut is no verdict: the judge is asked once
 * more, with more tokens. It rejects with LociError `judge-undecided` when that is cut too, or holds nothing but thinking; `judge-silent` when
 * the policy ends without a reply; and with whatever goes wrong in sampling.
 */
export function judgeModel(policy: Policy): JudgeModel {
  const replyWithin = async (question: string, maxNewTokens: number) => {
    const parts = [{ type: 'text', text: question }] as const;
    const prompt = await policy.processor.encode([{ role: 'user', parts }]);
    const reply$ = policy
      .sample({
        prompts: [prompt],
        completionsPerPrompt: 1,
        sampling: greedySampling(maxNewTokens),
        seed: 0,
      })
      .pipe(
        filter((event) => event.type === 'completion'),
        map(({ answer, tokenIds, finishReason }) => ({
          verdict: splitThinking(
            answer ?? turnText(prompt.opened, policy.processor.detokenize(tokenIds)),
          ).answer,
          isCut: finishReason === 'length',
        })),
        defaultIfEmpty(undefined),
      );
    const said = await lastValueFrom(reply$);
    if (said !== undefined) return said;
    throw new LociError('judge-silent', 'The judge model ended without a reply');
  };
  const reply = async (question: string): Promise<string> => {
    const [first, again] = JUDGEMENT_TOKENS;
    let said = await emptyWhereCut(replyWithin(question, first));
    if (said.isCut) said = await replyWithin(question, again);
    if (!said.isCut && !saysNothing(said.verdict)) return said.verdict;
    throw new LociError(
      'judge-undecided',
      said.isCut
        ? `The reply of the judge was cut after ${again} tokens`
        : 'The judge gave no verdict: it said nothing, or only thought',
      { concerns: 'item' },
    );
  };
  return Object.assign(reply, { concurrency: policy.capabilities.concurrentSamples ?? 1 });
}

interface Reply {
  readonly verdict: string;
  readonly isCut: boolean;
}

/** A server rejects a reply that ended before its verdict: more tokens may bring one. */
async function emptyWhereCut(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (thrown) {
    if (!LociError.is(thrown) || thrown.code !== 'remote-empty') throw thrown;
    return { verdict: '', isCut: true };
  }
}
