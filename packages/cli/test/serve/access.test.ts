import { describe, expect, test } from '@jest/globals';
import { checkToken, isLoopback, requiredToken } from '../../src/serve/access.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('access', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.4', false],
    ['127.0.0.1.example.org', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });

  test('an address that others reach needs a token; on loopback one is required when it is set', () => {
    expect(requiredToken('127.0.0.1', {})).toBeUndefined();
    expect(requiredToken('127.0.0.1', { LOCI_REWARDS_TOKEN: 'secret' })).toBe('secret');
    expect(requiredToken('0.0.0.0', { LOCI_REWARDS_TOKEN: 'secret' })).toBe('secret');
    for (const environment of [{}, { LOCI_REWARDS_TOKEN: '' }]) {
      expect(() => requiredToken('0.0.0.0', environment)).toThrow('LOCI_REWARDS_TOKEN');
    }
  });

  test.each(['Bearer secret', 'bearer secret', basic('loci:secret'), basic(':secret')])(
    '"%s" is let in',
    (header) => {
      expect(() => checkToken(header, 'secret')).not.toThrow();
    },
  );

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer secre',
    'Bearer secrets',
    'secret',
    basic('secret:'),
  ])('"%s" is refused, and the message does not tell the token', (header) => {
    const check = (): void => checkToken(header, 'secret');
    expect(check).toThrow(/token/);
    expect(check).not.toThrow(/secret/);
  });
});
