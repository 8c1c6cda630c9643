/** A judge model, which decides on answers that no rule can, for benchmarks that use one. */
import { defaultIfEmpty, filter, lastValueFrom, map } from 'rxjs';
import { LociError } from '../../errors/loci-error.ts';
import { greedySampling } from '../../rollout/greedy-sampling.ts';
import { turnText } from '../../rollout/opened-text.ts';
import type { Policy } from '../../spec/index.ts';
import { saysNothing, splitThinking } from '../store/split-thinking.ts';

/** Replies to a question about an answer. */
export interface JudgeModel {
  (question: string): Promise<string>;
  /** Best number of concurrent questions; 1 when absent. */
  readonly concurrency?: number;
}

/** Verdicts are short. A judge that thinks aloud gets a second attempt with more tokens. */
const JUDGEMENT_TOKENS: readonly [first: number, again: number] = [256, 4096];

/**
 * A judge that samples a policy greedily and returns its reply without the thinking. When a reply is cut, the judge samples once more, with
 * more tokens. It rejects with LociError `judge-undecided` when that reply is cut too, or is empty after the thinking; with `judge-silent`
 * when the policy ends without a reply; and with errors of sampling.
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
    const found = await lastValueFrom(reply$);
    if (found !== undefined) return found;
    throw new LociError(
      'judge-silent',
      'The judge model ended without a reply; check its server, or choose another judge',
    );
  };
  const reply = async (question: string): Promise<string> => {
    const [first, again] = JUDGEMENT_TOKENS;
    let found = await emptyWhenCut(replyWithin(question, first));
    if (found.isCut) found = await replyWithin(question, again);
    if (!found.isCut && !saysNothing(found.verdict)) return found.verdict;
    throw new LociError(
      'judge-undecided',
      found.isCut
        ? `The reply of the judge was cut after ${again} tokens`
        : 'The judge gave no verdict: its reply is empty, or has only thinking',
      { concerns: 'item' },
    );
  };
  return Object.assign(reply, { concurrency: policy.capabilities.concurrentSamples ?? 1 });
}

interface Reply {
  readonly verdict: string;
  readonly isCut: boolean;
}

/** Treats a reply that a server rejects as empty like one that was cut, because more tokens may bring a verdict. */
async function emptyWhenCut(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (thrown) {
    if (!LociError.is(thrown) || thrown.code !== 'remote-empty') throw thrown;
    return { verdict: '', isCut: true };
  }
}
