/** The plain contract: takes whole groups, and answers with the outcome of each reward for every completion. */
import { addedBy, looksOfRun, scoreTexts, turnText, uncountedText } from '@loci/core';
import type {
  LookName,
  NamedPart,
  RewardFailure,
  RewardOutcome,
  RunReward,
  ScoredText,
  TextScore,
} from '@loci/core';
import type { z } from 'zod';
import { cutCompletion } from './cut-prompt.ts';
import type { RewardsFor } from './heavy-groups.ts';
import type { ServeLimits } from './limits.ts';
import { HttpError } from './http-error.ts';
import { scoreInTurn } from './score-in-turn.ts';
import { asSample, looksOfItem } from './wire.ts';
import type { WireCompletion, scoreBody } from './wire.ts';
import type { Patience } from './within-time.ts';

/** The outcome of a reward for a completion, and what it adds to the sum after clip, gate and weight. */
export type CompletionOutcome = RewardOutcome & {
  readonly adds: number;
  /** Why its gate is closed, where it is. */
  readonly closed?: string;
};

/** Answer to `POST /score`, in the order of the items. */
export interface ScoreAnswer {
  readonly items: readonly {
    readonly id: string;
    /** Failed rewards. The rewards of an item with failures are null, because its sums would be wrong. */
    readonly failures: readonly RewardFailure[];
    /** Parts that are not finite numbers and were left out; absent where there are none. */
    readonly unknownParts?: readonly NamedPart[];
    readonly completions: readonly {
      /** Null where every reward abstained, and where a reward of the group failed. */
      readonly reward: number | null;
      readonly rewards: Readonly<Record<string, CompletionOutcome>>;
    }[];
  }[];
}

/** Scores the items of a request. @throws HttpError with the reason why patience ended. */
export async function scorePlain(
  { items, step }: z.output<typeof scoreBody>,
  rewardsFor: RewardsFor,
  limits: ServeLimits,
  patience: Patience,
): Promise<ScoreAnswer> {
  const answered = await scoreInTurn(
    items,
    async (item, index) => {
      const { opened, completions } = item;
      const sample = asSample(item.sample, `item ${index}`);
      const texts = (sent: readonly WireCompletion[]): readonly ScoredText[] =>
        sent.map((completion) => asText(completion, opened));
      const sent = looksOfItem(item);
      const looks =
        sent.size === 0 ? undefined : new Map(Array.from(sent, ([name, of]) => [name, texts(of)]));
      const group = { sample, completions: texts(completions), looks };
      const rewards = await rewardsFor(group);
      if (item.looks !== undefined) refuseUnknownLooks(item.looks, rewards, index);
      const score = await scoreTexts(group, rewards, step);
      const outcomesOf = outcomesByCompletion(score);
      return {
        id: sample.id,
        failures: score.failures,
        ...(score.unknownParts && { unknownParts: score.unknownParts }),
        completions: completions.map((_, completion) => ({
          reward: finiteOrNull(score.rewards[completion]!),
          rewards: outcomesOf(completion),
        })),
      };
    },
    { patience, atOnce: limits.groupsAtOnce },
  );
  return { items: answered };
}

/** The text of a completion: without padding and end token, as in `/get_reward`, and with the text that the prompt begins. */
export function asText(completion: WireCompletion, opened: string | undefined): ScoredText {
  const { tokenCount, finishReason } = completion;
  const text = turnText(opened, cutCompletion(completion.text).text);
  return tokenCount === undefined
    ? uncountedText({ text, finishReason })
    : { text, tokenCount, finishReason };
}

/** Rejects looks that no reward declares: with a misspelled look, its reward would always abstain. */
function refuseUnknownLooks(
  sent: Readonly<Record<LookName, unknown>>,
  rewards: readonly RunReward[],
  index: number,
): void {
  const known = [...looksOfRun(rewards).keys()];
  const unknown = Object.keys(sent).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const taken = known.length === 0 ? 'they compare with none' : `send ${known.join(', ')}`;
  throw new HttpError(
    400,
    'look-unknown',
    `items.${index}.looks: no reward here compares with a look "${unknown}"; ${taken}`,
  );
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The outcomes of each completion of a group, by reward. */
function outcomesByCompletion({
  outcomes,
  contributions,
}: TextScore): (completion: number) => Readonly<Record<string, CompletionOutcome>> {
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
