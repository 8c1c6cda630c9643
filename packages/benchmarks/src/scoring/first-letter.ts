/**
 * The first capital letter of a text, as the scorers of Video-MME and LongVideoBench find it: in `Because…` it is B. Lead-in
 * phrases are cut first, wherever they stand. Only phrases with a capital letter of the options in them can change what is
 * found, so only those are named here.
 */

/** Which letters count, and what is cut before looking. */
export interface FirstLetterRules {
  readonly letters: string;
  readonly leadIns: readonly string[];
}

/** `undefined` when the text has none of the letters. */
export function firstLetter(
  text: string,
  { letters, leadIns }: FirstLetterRules,
): string | undefined {
  const said = leadIns.reduce((rest, leadIn) => rest.replaceAll(leadIn, ''), text);
  return [...said].find((character) => letters.includes(character));
}

/** What SpaceR's evaluation cuts. */
export const SPACER_LEAD_INS: readonly string[] = ['Best answer:', 'Best option:', 'Answer:'];
