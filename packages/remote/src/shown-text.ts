/** Prepares a server's own words for a message: terminals obey control characters, and some servers send whole pages. */

const UNSEEN = /[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** One line: spaces replace white space, control characters and marks that change the direction of writing. */
export function onOneLine(text: string): string {
  return text.replace(UNSEEN, ' ');
}

/** One line without markup and without a full stop at its end, cut to `longest` characters. */
export function shownText(text: string, longest: number): string {
  const plain = text
    .replace(/<(?:script|style)\b[\s\S]*?(?:<\/(?:script|style)>|$)/giu, ' ')
    .replace(/<\/?[a-z!][^>]*>/giu, ' ');
  const line = onOneLine(plain)
    .replace(/[\s.]+$/u, '')
    .trim();
  return line.length <= longest ? line : `${line.slice(0, longest)}…`;
}
