/**
 * Wordings with slots: fixed pieces of text with names between them. A wording is found by looking for its pieces one after the
 * other, so the time is linear in the text; no expression that could backtrack is involved.
 */

/** The text of each slot, stripped. */
export type Slots = Readonly<Record<string, string>>;

/** A piece of fixed text, then the slot that follows it; the last piece has none. */
interface Piece {
  readonly fixed: string;
  readonly slot?: string;
}

/** A wording ready to be looked for. */
export type Wording = readonly Piece[];

/** A name, or a list of names, is not longer than this. */
const LONGEST_SLOT = 300;

/**
 * Prepares a wording. Slots stand in braces; the rest is lower case with single spaces.
 *
 * @example wording('how many {category}(s) are in this room')
 */
export function wording(pattern: string): Wording {
  return pattern.split('}').map((part): Piece => {
    const brace = part.indexOf('{');
    return brace < 0
      ? { fixed: part }
      : { fixed: part.slice(0, brace), slot: part.slice(brace + 1) };
  });
}

/** Lower case, with every run of white space one space: what wordings are looked for in. */
export function plainText(text: string): string {
  return text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
    .join(' ');
}

/** What stands in the slots where a text has the wording; `undefined` where it does not, or a slot holds no name. */
export function slotsOf(text: string, pieces: Wording): Slots | undefined {
  const slots: Record<string, string> = {};
  let at = text.indexOf(pieces[0]!.fixed);
  for (const [index, { fixed, slot }] of pieces.entries()) {
    if (at < 0) return undefined;
    const start = at + fixed.length;
    if (slot === undefined) return slots;
    // A slot at the very end takes the rest.
    const next = pieces[index + 1]!.fixed;
    at = next === '' ? text.length : text.indexOf(next, start);
    const name = text.slice(start, Math.max(at, start)).trim();
    if (name === '' || name.length > LONGEST_SLOT || /[?!;:]/u.test(name)) return undefined;
    slots[slot] = name;
  }
  return slots;
}
