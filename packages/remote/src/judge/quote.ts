/**
 * Quotes untrusted text for a judge. A completion may address the judge, pretend that the quote has ended, or contain tokens that control a
 * chat. Two marks that the text itself cannot contain enclose each quote.
 */
import { createHash } from 'node:crypto';

/** Digits of a mark. No model can write a text that contains its own digest. */
const MARK_DIGITS = 16;

/** Tokens of chat templates, which some servers interpret anywhere in a text: `<|im_end|>`, `<end_of_turn>`, `[INST]`, `</s>`. */
const STEERING =
  /<(?=[|｜]|\/?s>|\/?(?:start|end)_of_turn>|\/?(?:bos|eos|sep|pad|unk)>)|\[(?=\/?INST\]|\/?SYSTEM_PROMPT\])/giu;

/** The name of a quote, as the judge sees it. */
export type QuoteName = 'COMPLETION' | 'ANSWER';

/**
 * A text between marks, with broken control tokens. A long text loses its middle. The same text always gives the same quote.
 *
 * @example quoted('ANSWER', 'B') // '<<<ANSWER df7e70e502154454\nB\ndf7e70e502154454 ANSWER>>>'
 */
export function quoted(name: QuoteName, text: string, mostCharacters = Infinity): string {
  const mark = createHash('sha256').update(text).digest('hex').slice(0, MARK_DIGITS);
  const tame = shortened(text, mostCharacters).replace(STEERING, (sign) => `${sign} `);
  return `<<<${name} ${mark}\n${tame}\n${mark} ${name}>>>`;
}

/** Beginning and end of a long text: this cuts the thinking and keeps an answer at the end. */
function shortened(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text;
  const half = Math.floor(mostCharacters / 2);
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n[${left} characters are left out here]\n${text.slice(text.length - half)}`;
}
