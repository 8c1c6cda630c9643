import { looksOf } from '../rollout/looks.ts';
import type { LookName, Reward, Sample, ScoredText } from '../spec/index.ts';
import { asCompletion, garbageTexts, goldText, wrongText } from './texts.ts';

/** The role of a completion in the trial group. */
export type TrialRole = 'gold' | 'wrong' | 'garbage';

/** A completion of the trial group. */
export interface TrialCompletion {
  readonly role: TrialRole;
  readonly completion: ScoredText;
}

/**
 * The group that a reward is tried on: gold twice, so that rewards that want company have it, a wrong completion, and garbage;
 * the reward's own examples where it has some. What an example leaves out is filled in as for gold.
 */
export async function trialGroup(
  reward: Reward,
  sample: Sample,
  given: { readonly gold?: string; readonly garbage?: readonly string[] } = {},
): Promise<readonly TrialCompletion[]> {
  const own = (await reward.examples?.(sample)) ?? {};
  const base = asCompletion(given.gold ?? own.gold?.text ?? goldText(sample));
  const gold = { ...base, ...own.gold, text: base.text };
  const garbage =
    given.garbage?.map(asCompletion) ??
    own.garbage?.map((text) => ({ ...gold, ...asCompletion(text.text ?? gold.text), ...text })) ??
    garbageTexts(sample).map(asCompletion);
  return [
    { role: 'gold', completion: gold },
    { role: 'gold', completion: gold },
    { role: 'wrong', completion: { ...gold, text: wrongText(sample) } },
    ...garbage.map((completion) => ({ role: 'garbage', completion }) as const),
  ];
}

/**
 * Completions under each look of a reward: the reward's own examples, or two texts without sense, as of a model that
 * sees nothing it knows.
 */
export async function lookTexts(
  reward: Reward,
  sample: Sample,
): Promise<ReadonlyMap<LookName, readonly ScoredText[]>> {
  const looks = looksOf(reward);
  const own = looks.size === 0 ? undefined : (await reward.examples?.(sample))?.looks;
  const base = asCompletion(goldText(sample));
  return new Map(
    Array.from(looks.keys(), (name) => [
      name,
      own?.[name]?.map((text) => ({ ...base, ...asCompletion(text.text ?? base.text), ...text })) ??
        garbageTexts(sample).slice(0, 2).map(asCompletion),
    ]),
  );
}
