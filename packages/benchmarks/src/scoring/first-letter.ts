/**
 * Finds the first capital letter of a text, as the scorers of Video-MME and LongVideoBench do: in `Because…` it is B. They first
 * cut lead-in phrases anywhere in the text. Only phrases with a capital letter of the options can change the result, so only
 * those are listed here.
 */
import type { ScorableItem } from '@loci/core';
import type { Judgement } from './create-scorer.ts';

/** Which letters count, and which phrases are cut first. */
export interface FirstLetterRules {
  readonly letters: RegExp;
  readonly leadIns: readonly string[];
}

/** The phrases that SpaceR's evaluation cuts. */
export const SPACER_LEAD_INS: readonly string[] = ['Best answer:', 'Best option:', 'Answer:'];

/** Compares the first letter with the answer; `undefined` when the text has none. */
export function judgeFirstLetter(
  { answer }: ScorableItem,
  text: string,
  { letters, leadIns }: FirstLetterRules,
): Judgement | undefined {
  const remaining = leadIns.reduce((rest, leadIn) => rest.replaceAll(leadIn, ''), text);
  const letter = letters.exec(remaining)?.[0];
  if (letter === undefined) return undefined;
  return { score: letter === answer ? 1 : 0, answered: true, normalised: letter };
}

/** Judges a text as SpaceR's evaluation does: without a letter it compares the empty text. */
export function judgeFirstLetterAsSpacer(
  item: ScorableItem,
  text: string,
  letters: RegExp,
): Judgement {
  const judged = judgeFirstLetter(item, text, { letters, leadIns: SPACER_LEAD_INS });
  return judged ?? { score: item.answer === '' ? 1 : 0, answered: false, normalised: '' };
}
