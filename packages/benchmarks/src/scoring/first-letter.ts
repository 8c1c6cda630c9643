/**
 * The first capital letter of a text, as the scorers of Video-MME and LongVideoBench find it: in `Because…` it is B. Lead-in
 * phrases are cut first, wherever they stand. Only phrases with a capital letter of the options in them can change what is
 * found, so only those are named here.
 */
import type { ScorableItem } from '@loci/core';
import type { Judgement } from './create-scorer.ts';

/** Which letters count, and what is cut before looking. */
export interface FirstLetterRules {
  readonly letters: RegExp;
  readonly leadIns: readonly string[];
}

/** What SpaceR's evaluation cuts. */
export const SPACER_LEAD_INS: readonly string[] = ['Best answer:', 'Best option:', 'Answer:'];

/** Compares the first letter with the answer; `undefined` when the text has none. */
export function judgeFirstLetter(
  { answer }: ScorableItem,
  text: string,
  { letters, leadIns }: FirstLetterRules,
): Judgement | undefined {
  const said = leadIns.reduce((rest, leadIn) => rest.replaceAll(leadIn, ''), text);
  const letter = letters.exec(said)?.[0];
  if (letter === undefined) return undefined;
  return { score: letter === answer ? 1 : 0, answered: true, normalised: letter };
}

/** What SpaceR's evaluation says of a text: without a letter it compares the empty text. */
export function judgeFirstLetterAsSpacer(
  item: ScorableItem,
  text: string,
  letters: RegExp,
): Judgement {
  const judged = judgeFirstLetter(item, text, { letters, leadIns: SPACER_LEAD_INS });
  return judged ?? { score: item.answer === '' ? 1 : 0, answered: false, normalised: '' };
}
