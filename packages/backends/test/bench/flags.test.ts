import { expect, test } from '@jest/globals';
import { numberOf, oneOf, readFlags } from '../../src/bench/flags.ts';

test('what is not given has a default', () => {
  const flags = readFlags(['--shape', 'large', '--vl']);
  expect(flags).toMatchObject({ engine: 'onnx', shape: 'large', vl: true, tokens: '128' });
  expect(numberOf(flags, 'threads')).toBe(2);
  expect(numberOf(flags, 'turns', 3)).toBe(3);
});

test('a flag that does not exist is an error that names those that do', () => {
  expect(() => readFlags(['--speed', '3'])).toThrow(/--shape/);
  expect(() => readFlags(['--peers'])).toThrow(expect.objectContaining({ code: 'bad-flag' }));
});

test('values are checked', () => {
  expect(() => numberOf(readFlags(['--seconds', 'all']), 'seconds')).toThrow(/--seconds .*all/);
  expect(() => numberOf(readFlags(['--turns', '0']), 'turns')).toThrow(/above 0/);
  expect(numberOf(readFlags(['--warmup', '0']), 'warmup')).toBe(0);
  expect(() => oneOf('shape', 'huge', ['small', 'large'])).toThrow(
    '--shape must be one of small, large, not huge',
  );
});
