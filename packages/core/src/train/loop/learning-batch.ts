/** The groups that an update learns from, in the forms that objectives and policies take. */
import type { AdvantagedGroup, CompletionFacts, PolicyGroup, Rollout } from '../../spec/index.ts';

/** A group of completions that is learned from; demonstrations of the prompt follow the sampled ones. */
export interface LearningGroup extends AdvantagedGroup {
  /** `[completion][token]`, where tokens of a completion have different ones. */
  readonly tokenAdvantages?: readonly Float64Array[];
  /** `[completion][token]`, of the policy at the start of the batch. Absent: those of the first pass. */
  readonly oldLogProbs?: readonly Float32Array[];
}

/** The groups in the form of a policy. */
export function policyGroups(
  groups: readonly Pick<AdvantagedGroup, 'prompt' | 'rollouts'>[],
): readonly PolicyGroup[] {
  return groups.map(({ prompt, rollouts }) => ({
    prompt,
    completions: rollouts.map(({ tokenIds }) => tokenIds),
  }));
}

/**
 * The completions of all groups, one after the other, in the form of an objective.
 *
 * @param sampledAlike Whether sampler and trainer report log-probabilities of the same distribution; if not, the sampler's are left out.
 */
export function completionFacts(
  groups: readonly LearningGroup[],
  sampledAlike: boolean,
): readonly CompletionFacts[] {
  return groups.flatMap((group) => {
    const { rollouts, advantages, tokenAdvantages, referenceLogProbs, oldLogProbs } = group;
    return rollouts.map((rollout, index): CompletionFacts => {
      const ofTokens = tokenAdvantages?.[index];
      const old = oldLogProbs?.[index];
      const reference = referenceLogProbs?.[index];
      const demonstrated = rollout.demonstrated === true;
      return {
        ...(old && { oldLogProbs: old }),
        ...(reference && { referenceLogProbs: reference }),
        ...(sampledAlike && !demonstrated && { samplerLogProbs: rollout.logProbs }),
        mask: maskOf(rollout),
        advantage: advantages[index] ?? 0,
        ...(ofTokens && { tokenAdvantages: ofTokens }),
        source: demonstrated ? 'demonstrated' : 'sampled',
      };
    });
  });
}

/** 1 for each token that is learned from. */
export function maskOf({ mask, tokenIds }: Rollout): Uint8Array {
  return mask ?? new Uint8Array(tokenIds.length).fill(1);
}

/** Cuts a list over all completions into one list for each group. */
export function byGroup<T>(
  items: readonly T[],
  groups: readonly Pick<AdvantagedGroup, 'rollouts'>[],
): readonly (readonly T[])[] {
  let start = 0;
  return groups.map(({ rollouts }) => items.slice(start, (start += rollouts.length)));
}

/** Consecutive parts of nearly equal size; fewer than `count` when there are fewer items. */
export function splitEvenly<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  const parts = Math.min(count, items.length);
  return Array.from({ length: parts }, (_, part) =>
    items.slice(
      Math.floor((part * items.length) / parts),
      Math.floor(((part + 1) * items.length) / parts),
    ),
  );
}
