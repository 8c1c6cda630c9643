/** The plain contract: groups as they are, and of every completion what each reward said. */
import { addedBy, scoreTexts, turnText, uncountedText } from '@loci/core';
import type { NamedPart, RewardFailure, RewardOutcome, ScoredText, TextScore } from '@loci/core';
import type { z } from 'zod';
import { cutCompletion } from './cut-prompt.ts';
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
    /** Parts that are no finite numbers, and were left out; absent where there are none. */
    readonly unknownParts?: readonly NamedPart[];
    readonly completions: readonly {
      /** Null where every reward abstained, and where a reward of the group failed. */
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
    async ({ sample: wire, opened, completions, shuffled }, index) => {
      const sample = asSample(wire, `item ${index}`);
      const group = {
        sample,
        completions: completions.map((completion) => asText(completion, opened)),
        shuffled: shuffled?.map((completion) => asText(completion, opened)),
      };
      const score = await scoreTexts(group, await rewardsFor(group), step);
      const said = saidOf(score);
      return {
        id: sample.id,
        failures: score.failures,
        ...(score.unknownParts && { unknownParts: score.unknownParts }),
        completions: completions.map((_, completion) => ({
          reward: finiteOrNull(score.rewards[completion]!),
          rewards: said(completion),
        })),
      };
    },
    { signal, atOnce: limits.groupsAtOnce },
  );
  return { items: answered };
}

/** Without the padding around it and the end token behind it, as `/get_reward` takes it; what the prompt opened stands before it. */
function asText(completion: WireCompletion, opened: string | undefined): ScoredText {
  const { tokenCount, finishReason } = completion;
  const text = turnText(opened, cutCompletion(completion.text).text);
  return tokenCount === undefined
    ? uncountedText({ text, finishReason })
    : { text, tokenCount, finishReason };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
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
