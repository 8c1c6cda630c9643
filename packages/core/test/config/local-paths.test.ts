import { expect, test } from '@jest/globals';
import { withLocalPaths } from '../../src/config/local-paths.ts';

const paths = new Map([['hub:o/d@1', '/cache/d']]);

test('texts that have a path get it, however deep; nothing else changes', () => {
  const options = { file: 'hub:o/d@1', deep: [{ folder: 'hub:o/d@1' }], n: 1, none: null };
  expect(withLocalPaths(options, paths)).toEqual({
    ...{ file: '/cache/d', deep: [{ folder: '/cache/d' }], n: 1, none: null },
  });
  expect(options.file).toBe('hub:o/d@1');
});

test('a text that only contains one stays', () => {
  expect(withLocalPaths({ a: 'see hub:o/d@1' }, paths)).toEqual({ a: 'see hub:o/d@1' });
});

test('without paths the options are the same object', () => {
  const options = { a: 'hub:o/d@1' };
  expect(withLocalPaths(options, undefined)).toBe(options);
  expect(withLocalPaths(options, new Map())).toBe(options);
});
