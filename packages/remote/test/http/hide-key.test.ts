import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyHider } from '../../src/http/hide-key.ts';

const KEY = 'sk-"quoted"/0123456789+abc';
const HIDDEN = /^it is "?\[API key\]=*"? twice "?\[API key\]=*"?!$/u;

test.each([
  ['as it is', KEY],
  ['in JSON', JSON.stringify(KEY)],
  ['in an address', encodeURIComponent(KEY)],
  ['in an address, every character', KEY.replaceAll(/./gu, (one) => `%${codeOf(one)}`)],
  ['cut at its end', KEY.slice(0, 20)],
  ['cut at its beginning', KEY.slice(8)],
  ['in capitals', KEY.toUpperCase()],
  ['in base64', Buffer.from(KEY).toString('base64')],
  ['in base64 for addresses', Buffer.from(KEY).toString('base64url')],
  ['in hexadecimal', Buffer.from(KEY).toString('hex')],
  ['in escapes', KEY.replaceAll(/./gu, (one) => `\\u00${codeOf(one)}`)],
  ['over two lines', `${KEY.slice(0, 12)}\n  ${KEY.slice(12)}`],
  ['in single letters', [...KEY].join(' ')],
])('a key is hidden %s', (_, form) => {
  const { inMessage, inAnswer } = keyHider(KEY);
  for (const hide of [inMessage, inAnswer]) {
    expect(hide(`it is ${form} twice ${form}!`)).toMatch(HIDDEN);
  }
});

test('a header is hidden in base64, whatever stands before the key in it', () => {
  for (const before of ['Bearer ', 'a:', 'key', 'Basic user:']) {
    const header = Buffer.from(before + KEY).toString('base64');
    const shown = keyHider(KEY).inMessage(`got ${header}`);
    expect(shown).toContain('[API key]');
    expect(Buffer.from(shown.slice(4), 'base64').toString()).not.toContain(KEY.slice(6));
  }
});

test('what only begins alike stays, and so does an answer that a placeholder occurs in', () => {
  expect(keyHider(KEY).inMessage('sk-"quoted"')).toBe('sk-"quoted"');
  expect(keyHider('none').inAnswer('none of them')).toBe('none of them');
  expect(keyHider('none').inMessage('none of them, None')).toBe('[API key] of them, None');
  expect(keyHider(undefined).inMessage('sk-1')).toBe('sk-1');
});

test('texts without the key stay as they are, and no text keeps it', () => {
  const key = fc.string({ unit: fc.constantFrom(...'abAB01-_/+='), minLength: 24, maxLength: 60 });
  const around = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(key, around, around, (secret, before, after) => {
      const { inAnswer } = keyHider(secret);
      const shown = inAnswer(`${before}${secret}${after}`);
      expect(shown).not.toContain(secret);
      expect(inAnswer(`İ${before}`)).toBe(`İ${before}`);
      expect(shown.startsWith(before)).toBe(true);
    }),
  );
});

test('a long answer is searched quickly', () => {
  const text = 'a lamp stands at the left of the sofa. '.repeat(100_000);
  const start = performance.now();
  expect(keyHider(`sk-${'0123456789abcdef'.repeat(10)}`).inAnswer(text)).toBe(text);
  expect(performance.now() - start).toBeLessThan(20_000);
});

function codeOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0');
}
