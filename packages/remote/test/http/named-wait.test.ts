import { expect, test } from '@jest/globals';
import { namedWaitMs } from '../../src/http/named-wait.ts';

const none = { headers: {}, body: undefined, words: '', isRate: true };
const soon = (ms: number) => Date.now() + ms;

test.each([
  [{ 'retry-after-ms': '1500' }, 1500],
  [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
  [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '6m0s' }, 360_000],
  [{ 'retry-after': '86400000' }, 86_400_000_000],
  [{ 'x-ratelimit-reset-requests': '1s' }, 1000],
  [{ 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
  [{ 'x-ratelimit-reset-tokens': '1h2m3.5s' }, 3_723_500],
  [{ 'x-ratelimit-reset': '120ms' }, 120],
  [{ 'ratelimit-reset': '7' }, 7000],
  [{ ratelimit: 'limit=10, remaining=0, reset=5' }, 5000],
  [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '9s' }, 1000],
  [
    {
      'x-ratelimit-remaining-requests': '3',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '9s',
    },
    9000,
  ],
  [{ 'retry-after': 'whenever' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'x-ratelimit-limit-requests': '60' }, undefined],
  [{}, undefined],
] as const)('%j asks for %p ms', (headers, ms) => {
  expect(namedWaitMs({ ...none, headers })).toBe(ms);
});

test.each([
  ['retry-after', () => new Date(soon(30_000)).toUTCString()],
  ['x-ratelimit-reset', () => String(Math.round(soon(30_000) / 1000))],
  ['x-ratelimit-reset', () => String(soon(30_000))],
  ['anthropic-ratelimit-requests-reset', () => new Date(soon(30_000)).toISOString()],
])('%s may be a moment', (name, value) => {
  const wait = namedWaitMs({ ...none, headers: { [name]: value() } })!;
  expect(Math.abs(wait - 30_000)).toBeLessThan(2000);
});

test('a moment is measured by the clock of the server, and one that is over asks for nothing', () => {
  const headers = {
    date: 'Mon, 01 Jan 2024 00:00:00 GMT',
    'retry-after': 'Mon, 01 Jan 2024 00:00:20 GMT',
  };
  expect(namedWaitMs({ ...none, headers })).toBe(20_000);
  const over = { ...headers, 'retry-after': 'Sun, 31 Dec 2023 00:00:00 GMT' };
  expect(namedWaitMs({ ...none, headers: over })).toBe(0);
});

test.each([
  [{ error: { details: [{ retryDelay: '38s' }] } }, 38_000],
  [[{ error: { details: [{ retryDelay: { seconds: 1, nanos: 5e8 } }] } }], 1500],
  [{ retry_after: 2.5 }, 2500],
  [{ error: { message: 'no' } }, undefined],
])('the body %j asks for %p ms', (body, ms) => {
  expect(namedWaitMs({ ...none, body })).toBe(ms);
});

test.each([
  ['Rate limit reached. Please try again in 6m0s. Visit us.', 360_000],
  ['Please try again in 1.234s', 1234],
  ['Please retry in 20 seconds', 20_000],
  ['Wait for 2 minutes and 3 seconds', 123_000],
  ['Limit 30 requests', undefined],
])('%s', (words, ms) => {
  expect(namedWaitMs({ ...none, words })).toBe(ms);
  expect(namedWaitMs({ ...none, words, isRate: false })).toBeUndefined();
});
