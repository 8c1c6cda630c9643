/** Gives options their letters, and finds the letter that an answer means. */

/** An option that is marked with a letter: `A. chair`, `(A) chair`, `A) chair`, `A: chair`. */
const MARKED = /^\s*\(?([A-Za-z])[.):]\s*(\S[\s\S]*)$/u;

const letterAt = (place: number): string => String.fromCharCode(65 + place);

/**
 * Options as samples have them, `"A. chair"`. Existing letters are normalized to this form. Options without letters get them by place.
 *
 * @returns undefined where some options have letters and others do not, or letters are not A, B, C in order.
 */
export function letteredOptions(options: readonly string[]): readonly string[] | undefined {
  const marked = options.map((option) => MARKED.exec(option));
  if (marked.every((match) => match === null)) {
    return options.map((option, place) => `${letterAt(place)}. ${option.trim()}`);
  }
  const inOrder = marked.every((match, place) => match?.[1]?.toUpperCase() === letterAt(place));
  if (!inOrder) return undefined;
  return marked.map((match, place) => `${letterAt(place)}. ${match![2]!.trim()}`);
}

/**
 * The letter of the option that an answer means.
 *
 * @param lettered As `letteredOptions` gives them.
 * @param answer `B`, `b`, `(B)`, `B.`, `B. lamp`, or `lamp`.
 */
export function letterOfAnswer(lettered: readonly string[], answer: string): string | undefined {
  const given = answer.trim();
  const letters = lettered.map((_, place) => letterAt(place));
  const textOf = (option: string): string => option.slice(3);
  const alone = /^\(?([A-Za-z])[.):]?$/u.exec(given)?.[1]?.toUpperCase();
  if (alone !== undefined && letters.includes(alone)) return alone;
  const place = lettered.findIndex((option) => option === given || textOf(option) === given);
  if (place !== -1) return letterAt(place);
  const [, letter, rest] = MARKED.exec(given) ?? [];
  const named = letters.indexOf(letter?.toUpperCase() ?? '');
  return named !== -1 && textOf(lettered[named]!) === rest?.trim() ? letterAt(named) : undefined;
}
