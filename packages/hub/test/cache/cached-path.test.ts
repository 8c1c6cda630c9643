import { expect, test } from '@jest/globals';
import { cachedReference } from '../../src/cache/cached-path.ts';

const COMMIT = 'a'.repeat(40);

test.each([
  [
    `/c/models--o--m/snapshots/${COMMIT}`,
    { kind: 'model', name: 'o/m', revision: COMMIT, path: '' },
  ],
  [
    `/c/datasets--o--d/snapshots/${COMMIT}/a/b.txt`,
    { kind: 'dataset', name: 'o/d', revision: COMMIT, path: 'a/b.txt' },
  ],
  [
    `/c/models--gpt2/snapshots/${COMMIT}`,
    { kind: 'model', name: 'gpt2', revision: COMMIT, path: '' },
  ],
  [`/elsewhere/models--o--m/snapshots/${COMMIT}`, undefined],
  ['/c/models--o--m/blobs/abc', undefined],
  [`/c/spaces--o--s/snapshots/${COMMIT}`, undefined],
])('%s', (path, expected) => {
  expect(cachedReference(path, '/c')).toEqual(expected);
});
