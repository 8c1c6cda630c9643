import { expect, test } from '@jest/globals';
import { apiKeyFor } from '../src/server-options.ts';
import { openaiPolicy } from '../src/openai-plugin.ts';

test("OpenAI's key goes to OpenAI and to nobody else unless it is named", () => {
  const environment = { OPENAI_API_KEY: 'sk-1', OTHER: 'sk-2' };
  expect(apiKeyFor('https://api.openai.com/v1', undefined, environment)).toBe('sk-1');
  expect(apiKeyFor('http://localhost:8000/v1', undefined, environment)).toBeUndefined();
  expect(apiKeyFor('http://localhost:8000/v1', 'OTHER', environment)).toBe('sk-2');
});

test('a key that is missing is asked for by name', () => {
  expect(() => apiKeyFor('https://api.openai.com/v1', undefined, {})).toThrow(
    /export OPENAI_API_KEY=/,
  );
  expect(() => apiKeyFor('http://host/v1', 'MINE', { MINE: ' ' })).toThrow(/export MINE=/);
});

test('a key may end in a line break and may not hold one; no message repeats it', () => {
  expect(apiKeyFor('http://host/v1', 'MINE', { MINE: 'sk-1\n' })).toBe('sk-1');
  for (const key of ['sk-secret\nmore', 'sk-secret more', 'sk-secret–more']) {
    expect(() => apiKeyFor('http://host/v1', 'MINE', { MINE: key })).toThrow(
      expect.objectContaining({
        code: 'api-key-malformed',
        message: expect.not.stringContaining('secret'),
      }),
    );
  }
});

test.each([
  [{ model: 'm', baseUrl: 'https://user:secret@host/v1' }, 'baseUrl'],
  [{ model: 'm', baseUrl: 'ftp://host' }, 'baseUrl'],
  [{ model: 'm', baseUrl: 'localhost:8000/v1' }, 'baseUrl'],
  [{ model: 'm', baseUrl: 'http://host/v1/chat/completions' }, 'baseUrl'],
  [{ model: 'm', apiKeyEnv: 'sk-1' }, 'apiKeyEnv'],
  [{ baseUrl: 'http://host/v1' }, 'model'],
  [{ model: 'm', concurrency: 0 }, 'concurrency'],
  [{ model: 'm', apiKey: 'sk-1' }, undefined],
])('%j is refused', (options, key) => {
  expect(openaiPolicy.options.safeParse(options).error?.issues[0]?.path[0]).toBe(key);
});

test('an address may end in a slash', () => {
  expect(openaiPolicy.options.parse({ model: 'm', baseUrl: 'http://host/v1/' }).baseUrl).toBe(
    'http://host/v1',
  );
});
