import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { LociError } from '../../src/errors/loci-error.ts';
import { AppendFile } from '../../src/files/append-file.ts';
import { writeError } from '../../src/files/write-error.ts';

/** A device of Linux on which every write finds the disk full. */
const FULL = '/dev/full';
if (!existsSync(FULL)) console.log(`skipped: ${FULL} is not there`);
const onFullDisk = existsSync(FULL) ? test : test.skip;

describe('writeError', () => {
  test('no space left says where and what to do', () => {
    const cause = Object.assign(new Error('write'), { code: 'ENOSPC' });
    const error = writeError('/data/run/metrics.jsonl', cause);
    expect(error.code).toBe('disk-full');
    expect(error.message).toContain('/data/run/metrics.jsonl');
    expect(error.message).toContain('resume');
    expect(error.cause).toBe(cause);
  });

  test('a quota that is used up counts as a full disk', () => {
    const cause = Object.assign(new Error('write'), { code: 'EDQUOT' });
    expect(writeError('/x', cause)).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/quota.*\/x; free some, then resume/),
    });
  });

  test('a file that may not grow says what to raise', () => {
    const cause = Object.assign(new Error('EFBIG: file too large'), { code: 'EFBIG' });
    expect(writeError('/x', cause)).toMatchObject({
      code: 'not-writable',
      message: expect.stringMatching(/Cannot write \/x: EFBIG.*Raise .*ulimit -f.*then resume/),
    });
  });

  test('another refusal carries what the system said', () => {
    const error = writeError('/x', new Error('EACCES: permission denied'));
    expect(error.code).toBe('not-writable');
    expect(error.message).toContain('permission denied');
  });

  test('an error of our own stays what it is', () => {
    const own = new LociError('anything', 'as it was');
    expect(writeError('/x', own)).toBe(own);
  });

  onFullDisk('a growing file on a full disk gives that one error', () => {
    const file = new AppendFile(FULL);
    expect(() => file.append('{"step":1}\n')).toThrow('No space is left to write /dev/full');
    file.close();
  });
});
