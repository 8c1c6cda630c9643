import type { Reward, Sample, ScoredText } from '../spec/index.ts';
import { asCompletion, garbageTexts, goldText, wrongText } from './texts.ts';

/** What a completion of the trial group is. */
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
