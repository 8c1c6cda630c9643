/** What may stand between the tokens of a Python literal, and what ends them. */

const SPACE = 0x20;
const TAB = 0x09;
const NEWLINE = 0x0a;
const FORM_FEED = 0x0c;
const HASH = 0x23;
const BACKSLASH = 0x5c;

const SEPARATORS = Uint8Array.from({ length: 0x80 }, (_, code) =>
  ',:)]}+- \n\t#'.includes(String.fromCharCode(code)) ? 1 : 0,
);

/** Whether a character ends a plain number: what may follow a value, or a blank. Not every one that may does. */
export function isSeparator(code: number): boolean {
  return SEPARATORS[code] === 1;
}

/** Where the next token begins: after blanks, comments and continued lines. Line breaks must already be `\n`. */
export function skipBlanks(text: string, position: number): number {
  let at = position;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === NEWLINE || code === TAB || code === FORM_FEED) {
      at++;
    } else if (code === HASH) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (code === BACKSLASH && text.charCodeAt(at + 1) === NEWLINE) {
      at += 2;
    } else {
      return at;
    }
  }
}
