/**
 * Advantages of tokens, where a reward credits stretches of the text. GRPO's process supervision (arXiv 2402.03300, section 4.1.3)
 * compares the steps of a completion with those of the others; here a step is a stretch with a key, such as an object of the map:
 *
 *     z  = (r − mean) / (std + ε)    each reward, over the completions of the group, as in GDPO (arXiv 2601.05242)
 *     zₖ = (c − mean) / (std + ε)    each key k of a reward's credits, over the completions that have it, and where the credits say what
 *                                    its absence is worth, over all that have credits
 *     c − b                          a credit with a baseline b, the value of the state before its stretch
 *     A  = Σ weight × a              over the rewards, where a is zₖ (or c − b) in a stretch of key k, z before the last stretch
 *                                    of the completion, and 0 behind it
 *     A / (std(A) + ε)               std over the completions' advantages of the step
 *
 * A baseline is for stretches whose outlook is known: all completions of a group may spoil it alike, and a comparison among them would not
 * see it.
 *
 * Text behind the last stretch cannot change what the stretches earned, so the reward has no share in it. A reward
 * without credits has the same share in all tokens. The completion's advantage is the one that it has without any credits.
 */
import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import type {
  Contribution,
  GroupAdvantages,
  RewardedGroup,
  SpanAdvantage,
  SpanCredit,
} from '../../../spec/index.ts';
import { normaliseReward, normaliseRewards } from './reward-normalised.ts';
import { batchDivisor } from './statistics.ts';

/** The advantages of all groups of a step, with those of the stretches that rewards credit. Groups of one get 0. */
export function creditSpans(
  groups: readonly RewardedGroup[],
  epsilon: number,
): readonly GroupAdvantages[] {
  const whole = normaliseRewards(groups, { epsilon, normaliseBatch: false });
  const advantagesOf = whole.map(({ advantages }) => advantages);
  // Where all completions are equal, stretches may still differ, and ε alone would divide them.
  const isLevel = advantagesOf.every((own) => own.every((advantage) => advantage === 0));
  const divisor = isLevel ? 1 : batchDivisor(groups, advantagesOf, epsilon);
  return groups.map((group, index) => {
    const { advantages, shares } = whole[index]!;
    const scaled = (values: Float64Array): Float64Array => values.map((value) => value / divisor);
    const credited = creditedRewards(group, shares, epsilon);
    return {
      advantages: scaled(advantages),
      shares: new Map(Array.from(shares, ([name, share]) => [name, scaled(share)])),
      ...(credited.length > 0 && {
        spans: Array.from(advantages, (advantage, completion) =>
          spansOf(advantage, completion, credited).map((span) => ({
            ...span,
            advantage: span.advantage / divisor,
          })),
        ),
      }),
    };
  });
}

/** The effect of a reward with credits on the advantages of a group, before the scaling of the step. */
interface CreditedReward {
  /** The share of the reward in the advantage of each completion, without credits. */
  readonly share: Float64Array;
  /** The stretches of each completion in order, with the share of the reward there. */
  readonly stretches: readonly (readonly SpanAdvantage[])[];
}

function creditedRewards(
  { contributions }: RewardedGroup,
  shares: ReadonlyMap<string, Float64Array>,
  epsilon: number,
): readonly CreditedReward[] {
  return [...contributions].flatMap(([name, { credits, weight }]: [string, Contribution]) => {
    if (credits === undefined) return [];
    const compared = compareByKey(credits, epsilon);
    const stretches = credits.map((own) =>
      own
        .map((credit) => ({
          start: credit.start,
          end: credit.end,
          advantage: weight * compared.get(credit)!,
        }))
        .sort((a, b) => a.start - b.start),
    );
    return [{ share: shares.get(name)!, stretches }];
  });
}

/**
 * Credits relative to their baselines, and where they have none, to those of the same key. A completion that has a key several times counts
 * by their mean; one that has others only, by what the absence of this one is worth.
 */
function compareByKey(
  credits: readonly (readonly SpanCredit[])[],
  epsilon: number,
): ReadonlyMap<SpanCredit, number> {
  const compared = new Map<SpanCredit, number>();
  const byKey = new Map<string, SpanCredit[][]>();
  for (const [completion, own] of credits.entries()) {
    for (const credit of own) {
      if (credit.baseline !== undefined) {
        compared.set(credit, credit.value - credit.baseline);
        continue;
      }
      const mine = byKey.get(credit.key) ?? Array.from(credits, (): SpanCredit[] => []);
      mine[completion]!.push(credit);
      byKey.set(credit.key, mine);
    }
  }
  for (const mine of byKey.values()) {
    const absent = mine.flat().find((credit) => credit.absent !== undefined)?.absent ?? NaN;
    const means = Float64Array.from(mine, (own, index) => {
      if (own.length === 0) return credits[index]!.length === 0 ? NaN : absent;
      return own.reduce((sum, { value }) => sum + value, 0) / own.length;
    });
    const relative = normaliseReward(means, epsilon);
    for (const [index, own] of mine.entries()) {
      for (const credit of own) compared.set(credit, relative[index]!);
    }
  }
  return compared;
}

/** Cuts a completion wherever the share of a reward changes. Stretches with the advantage of the completion are left out. */
function spansOf(
  advantage: number,
  completion: number,
  credited: readonly CreditedReward[],
): readonly SpanAdvantage[] {
  const own = credited.filter(({ stretches }) => stretches[completion]!.length > 0);
  if (own.length === 0) return [];
  const cuts = new Set([0, Infinity]);
  for (const { stretches } of own) {
    for (const { start, end } of stretches[completion]!) cuts.add(start).add(end);
  }
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(0, -1).flatMap((start, index) => {
    const change = own.reduce(
      (sum, { share, stretches }) =>
        sum + shareAt(start, stretches[completion]!, share[completion]!) - share[completion]!,
      0,
    );
    return change === 0 ? [] : [{ start, end: places[index + 1]!, advantage: advantage + change }];
  });
}

/** The share of a reward at a place. */
function shareAt(place: number, stretches: readonly SpanAdvantage[], share: number): number {
  const around = stretches.find(({ start, end }) => start <= place && place < end);
  if (around !== undefined) return around.advantage;
  return place < stretches.at(-1)!.end ? share : 0;
}

/**
 * Advantages of tokens: every reward is compared by itself, and where it credits stretches of the text, each stretch is compared with
 * those of the same key.
 *
 * @example { use: 'span-credit' } // beside rewards: [{ use: map, options: { scoring: calibrated, when: always } }]
 */
export const spanCredit = definePlugin({
  kind: 'advantage',
  name: 'span-credit',
  description:
    'Each reward relative to its group; in a map, each object relative to the same object in other maps.',
  options: z.strictObject({
    epsilon: z.number().positive().default(1e-4).describe('Added to the standard deviations.'),
  }),
  create: ({ epsilon }) => ({
    perToken: 'always',
    estimate: (groups) => creditSpans(groups, epsilon),
  }),
});
