/** Keeps an API key out of everything that a server sends back. */

const HIDDEN = '[API key]';
/** Shorter keys, such as `none`, are placeholders and occur in ordinary texts. */
const SHORTEST_SECRET = 8;
/** A server that cuts its message may cut the key within it, too; so much of its start is still a secret. */
const SHORTEST_START = 12;

/** Replaces a key, or a large part of its beginning, wherever it stands in a text. */
export interface KeyHider {
  /** For what a server says of an error. */
  inMessage(text: string): string;
  /** For an answer, which a placeholder for a key does not change. */
  inAnswer(text: string): string;
}

/** Hides nothing where no key is sent. */
export function keyHider(key: string | undefined): KeyHider {
  if (key === undefined) return { inMessage: (text) => text, inAnswer: (text) => text };
  const forms = [key, JSON.stringify(key).slice(1, -1), encodeURIComponent(key)];
  const longEnough = key.length >= SHORTEST_SECRET;
  const inMessage = (text: string) =>
    [...new Set(forms)].reduce((rest, form) => hide(rest, form), text);
  return { inMessage, inAnswer: (text) => (longEnough ? inMessage(text) : text) };
}

function hide(text: string, key: string): string {
  const start = key.slice(0, Math.max(SHORTEST_START, Math.ceil(key.length / 2)));
  const pieces: string[] = [];
  let at = 0;
  for (let found = text.indexOf(start); found >= 0; found = text.indexOf(start, at)) {
    let length = start.length;
    while (length < key.length && text[found + length] === key[length]) length++;
    pieces.push(text.slice(at, found), HIDDEN);
    at = found + length;
  }
  return pieces.join('') + text.slice(at);
}
