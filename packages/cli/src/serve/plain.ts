/** The plain contract: groups as they are, and of every completion what each reward said. */
import { addedBy, scoreTexts, uncountedText } from '@loci/core';
import type { RewardFailure, RewardOutcome, ScoredText, TextScore } from '@loci/core';
import type { z } from 'zod';
import type { RewardsFor } from './heavy-groups.ts';
import type { ServeLimits } from './limits.ts';
import { scoreInTurn } from './score-in-turn.ts';
import { asSample } from './wire.ts';
import type { WireCompletion, scoreBody } from './wire.ts';

/** What a reward said of a completion, and what that adds to the sum after clip, gate and weight. */
export type SaidOfCompletion = RewardOutcome & {
  readonly adds: number;
  /** Why its gate is closed, where it is. */
  readonly closed?: string;
};

/** Answer to `POST /score`, in the order of the items. */
export interface ScoreAnswer {
  readonly items: readonly {
    readonly id: string;
    /** What went wrong; the rewards of such an item are null, because its sums would be lies. */
    readonly failures: readonly RewardFailure[];
    readonly completions: readonly {
      readonly reward: number | null;
      readonly rewards: Readonly<Record<string, SaidOfCompletion>>;
    }[];
  }[];
}

/** Scores the items of a request. @throws the signal's reason. */
export async function scorePlain(
  { items, step }: z.output<typeof scoreBody>,
  rewardsFor: RewardsFor,
  limits: ServeLimits,
  signal: AbortSignal,
): Promise<ScoreAnswer> {
  const answered = await scoreInTurn(
    items,
    async ({ sample: wire, completions, shuffled }, index) => {
      const sample = asSample(wire, `item ${index}`);
      const group = {
        sample,
        completions: completions.map(asText),
        shuffled: shuffled?.map(asText),
      };
      const score = await scoreTexts(group, await rewardsFor(group), step);
      const said = saidOf(score);
      return {
        id: sample.id,
        failures: score.failures,
        completions: completions.map((_, completion) => ({
          reward: score.failures.length > 0 ? null : score.rewards[completion]!,
          rewards: said(completion),
        })),
      };
    },
    { signal, atOnce: limits.groupsAtOnce },
  );
  return { items: answered };
}

function asText({ text, tokenCount, finishReason }: WireCompletion): ScoredText {
  return tokenCount === undefined
    ? uncountedText({ text, finishReason })
    : { text, tokenCount, finishReason };
}

/** What is said of each completion of a group. */
function saidOf({
  outcomes,
  contributions,
}: TextScore): (completion: number) => Readonly<Record<string, SaidOfCompletion>> {
  const named = [...outcomes].map(([name, ofGroup]) => {
    const contribution = contributions.get(name)!;
    return { name, ofGroup, added: addedBy(contribution), closed: contribution.closed };
  });
  return (completion) =>
    Object.fromEntries(
      named.map(({ name, ofGroup, added, closed }) => {
        const why = closed?.[completion];
        const place = { adds: added[completion]!, ...(why !== undefined && { closed: why }) };
        return [name, { ...ofGroup[completion]!, ...place }];
      }),
    );
}
