import { expect, test } from '@jest/globals';
import { isWithinFolder } from '../../src/files/within-folder.ts';

test.each([
  ['videos/a.mp4', true],
  ['./a.mp4', true],
  ['videos/../a.mp4', true],
  ['..a.mp4', true],
  ['/data/set/a.mp4', true],
  ['../set/a.mp4', true],
  ['../a.mp4', false],
  ['videos/../../a.mp4', false],
  ['..', false],
  ['/etc/passwd', false],
  ['/data/set-2/a.mp4', false],
])('%s in /data/set: %s', (written, within) => {
  expect(isWithinFolder('/data/set', written)).toBe(within);
});

test('relative paths may start further in', () => {
  expect(isWithinFolder('/data', '../a.mp4', '/data/videos')).toBe(true);
  expect(isWithinFolder('/data', '../../a.mp4', '/data/videos')).toBe(false);
});
