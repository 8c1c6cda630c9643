import { describe, expect, test } from '@jest/globals';
import { checkAccess, rayAddress } from '../../src/ray/address.ts';

describe('the address of a dashboard', () => {
  test.each([
    ['http://127.0.0.1:8265', 'http://127.0.0.1:8265', true],
    ['http://localhost:8265/', 'http://localhost:8265', true],
    ['http://[::1]:8265', 'http://[::1]:8265', true],
    ['head', 'http://head:8265', false],
    ['10.0.0.4:9000', 'http://10.0.0.4:9000', false],
    ['https://ray.example.org/team/', 'https://ray.example.org/team', false],
    ['http://127.0.0.1.example.org:8265', 'http://127.0.0.1.example.org:8265', false],
  ])('%s', (typed, url, isLoopback) => {
    expect(rayAddress(typed)).toMatchObject({ url, isLoopback });
  });

  test.each([
    'ray://head:10001',
    'ftp://head',
    'http://me:secret@head:8265',
    'http://head/?token=x',
    '',
  ])('%s is none', (typed) => {
    expect(() => rayAddress(typed)).toThrow(expect.objectContaining({ code: 'ray-address' }));
  });
});

describe('a dashboard on another host', () => {
  const far = { address: rayAddress('http://head:8265'), tokenFile: undefined };

  test('without a token needs a yes, and the error has the reason and the ways out', () => {
    expect(() => checkAccess(far)).toThrow(
      expect.objectContaining({
        code: 'ray-unauthenticated',
        message: expect.stringMatching(
          /runs any program on the cluster.*RAY_AUTH_MODE=token.*ssh -L.*allowOpenDashboard/su,
        ),
      }),
    );
  });

  test('gives a warning with the reason where the user allows it', () => {
    const [line] = checkAccess({ ...far, allowOpenDashboard: 'a private subnet' });
    expect(line).toMatch(/without a token \(a private subnet\): .*any program/u);
  });

  test('asked with a token over plain http is warned of, over https not', () => {
    expect(checkAccess({ ...far, tokenFile: '/t' })).toEqual([
      expect.stringContaining('without encryption'),
    ]);
    const address = rayAddress('https://head');
    expect(checkAccess({ address, tokenFile: '/t' })).toEqual([]);
  });

  test('is none where it is this machine', () => {
    expect(checkAccess({ ...far, address: rayAddress('http://127.0.0.1:8265') })).toEqual([]);
  });
});
