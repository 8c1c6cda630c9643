/** The plain contract: groups as they are, and of every completion what each reward said. */
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

/** Scores the items of a request. @throws why patience ended. */
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
    { patience, atOnce: limits.groupsAtOnce },
  );
  return { items: answered };
}

/** Without the padding around it and the end token behind it, as `/get_reward` takes it; what the prompt opened stands before it. */
export function asText(completion: WireCompletion, opened: string | undefined): ScoredText {
  const { tokenCount, finishReason } = completion;
  const text = turnText(opened, cutCompletion(completion.text).text);
  return tokenCount === undefined
    ? uncountedText({ text, finishReason })
    : { text, tokenCount, finishReason };
}

/** A misspelt look would be no look, and the reward that waits for it would abstain without end. */
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
