/**
 * Wordings with slots: fixed pieces of text with names between them. A wording is matched by finding its pieces one after the other, so the
 * time is linear in the text; a regular expression could backtrack.
 */

/** The text of each slot, stripped. */
export type Slots = Readonly<Record<string, string>>;

/** A piece of fixed text, then the slot that follows it; the last piece has none. */
interface Piece {
  readonly fixed: string;
  readonly slot?: string;
}

/** A parsed wording. */
export type Wording = readonly Piece[];

/** Longest name or list of names in a slot, in characters. */
const LONGEST_SLOT = 300;

/**
 * Parses a wording. Slots are in braces; the rest is lower case with single spaces.
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

/** The form of a text that wordings are matched with: lower case, with single spaces. */
export function plainText(text: string): string {
  return text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
    .join(' ');
}

/** The names in the slots of a matching text; `undefined` when it does not match or a slot has no name. */
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
