/** Puts what a server says on one line: it ends up in terminals, which obey control characters, and beside text whose direction it must not turn. */
const UNSEEN = /[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** Spaces instead of white space, control characters and marks that turn the direction of writing. */
export function onOneLine(text: string): string {
  return text.replace(UNSEEN, ' ');
}
