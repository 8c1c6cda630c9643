import { expect, test } from '@jest/globals';
import { keyHider } from '../../src/http/hide-key.ts';

const KEY = 'sk-"quoted"/0123456789+abc';

test('a key is hidden as it is, escaped as in JSON or an address, and cut', () => {
  const { inMessage, inAnswer } = keyHider(KEY);
  const forms = [KEY, JSON.stringify(KEY), encodeURIComponent(KEY), KEY.slice(0, 20)];
  for (const form of forms) {
    for (const hide of [inMessage, inAnswer]) {
      expect(hide(`it is ${form} twice ${form}!`)).toMatch(
        /^it is "?\[API key\]"? twice "?\[API key\]"?!$/u,
      );
    }
  }
});

test('what only begins alike stays, and so does an answer that a placeholder occurs in', () => {
  expect(keyHider(KEY).inMessage('sk-"quoted"')).toBe('sk-"quoted"');
  expect(keyHider('none').inAnswer('none of them')).toBe('none of them');
  expect(keyHider('none').inMessage('none of them')).toBe('[API key] of them');
  expect(keyHider(undefined).inMessage('sk-1')).toBe('sk-1');
});
