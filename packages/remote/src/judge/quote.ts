/**
 * Quotes text of strangers for a judge: a completion may speak to the judge, pretend that the quote has ended, or hold tokens that steer a
 * chat. Each quote stands between two marks that its own text cannot contain.
 */
import { createHash } from 'node:crypto';

/** Digits of a mark. A text that holds the digest of itself is out of reach of any model. */
const MARK_DIGITS = 16;

/** Tokens of chat templates, which some servers read as such wherever they stand: `<|im_end|>`, `<end_of_turn>`, `[INST]`, `</s>`. */
const STEERING =
  /<(?=[|｜]|\/?s>|\/?(?:start|end)_of_turn>|\/?(?:bos|eos|sep|pad|unk)>)|\[(?=\/?INST\]|\/?SYSTEM_PROMPT\])/giu;

/** How a quote is named to the judge. */
export type QuoteName = 'COMPLETION' | 'ANSWER';

/**
 * A text between marks, with its steering tokens broken and its middle left out where it is long. The same text always gives the same
 * quote.
 *
 * @example quoted('ANSWER', 'B') // '<<<ANSWER df7e70e502154454\nB\ndf7e70e502154454 ANSWER>>>'
 */
export function quoted(name: QuoteName, text: string, mostCharacters = Infinity): string {
  const mark = createHash('sha256').update(text).digest('hex').slice(0, MARK_DIGITS);
  const tame = shortened(text, mostCharacters).replace(STEERING, (sign) => `${sign} `);
  return `<<<${name} ${mark}\n${tame}\n${mark} ${name}>>>`;
}

/** Beginning and end of a text that is too long: thinking is cut, an answer at the end stays. */
function shortened(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  const half = Math.floor(mostCharacters / 2);
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${left} characters are left out here]\n${text.slice(text.length - half)}`;
}
