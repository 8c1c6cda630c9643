import { describe, expect, test } from '@jest/globals';
import { LogReader } from '../../src/ray/log-reader.ts';

describe('a log that grows', () => {
  test('gives each line once, when it is whole', () => {
    const reader = new LogReader();
    expect(reader.take('one\ntw').lines).toEqual(['one']);
    expect(reader.take('one\ntw').lines).toEqual([]);
    expect(reader.take('one\ntwo\r\nthree\n').lines).toEqual(['two', 'three']);
    expect(reader.take('one\ntwo\r\nthree\nfour', true).lines).toEqual(['four']);
  });

  test('is read on by another reader from where the first stood', () => {
    const first = new LogReader();
    first.take('one\ntwo\nthr');
    expect(new LogReader(first.offset).take('one\ntwo\nthree\n').lines).toEqual(['three']);
  });

  test('that is shorter than before is read anew', () => {
    const reader = new LogReader();
    reader.take('a long line\n');
    expect(reader.take('x\n')).toEqual({ lines: ['x'], isAnew: true });
  });
});
