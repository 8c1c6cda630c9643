import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { tarballFaults } from '../../src/tarballs/check-tarball.ts';
import type { Manifest } from '../../src/tarballs/check-tarball.ts';

const WHOLE: Manifest = {
  ...{ name: '@loci/some', version: '1.2.3', description: 'Some part', license: 'Apache-2.0' },
  keywords: ['a', 'b', 'c'],
  repository: { url: 'git+https://somewhere', directory: 'packages/some' },
  engines: { node: '>=20' },
  exports: { '.': { 'loci-source': './src/index.ts', default: './dist/index.js' } },
};
const FILES = [
  'README.md',
  'LICENSE',
  'package.json',
  'dist/index.js',
  'dist/index.js.map',
  'src/index.ts',
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loci-tarball-'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist/index.js.map'), '{"sources":["../src/index.ts"]}');
  for (const [name, scripts] of [
    ['quiet', {}],
    ['loud', { postinstall: 'node fetch' }],
  ] as const) {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ scripts }));
  }
});

const faults = (change: Partial<Manifest>, files: readonly string[] = FILES): readonly string[] =>
  tarballFaults({ folder, manifest: { ...WHOLE, ...change }, files }, '1.2.3');

test('a whole package has no fault', () => {
  expect(faults({ dependencies: { quiet: '1.0.0' } })).toEqual([]);
});

describe('is named:', () => {
  const without = (name: string): readonly string[] => FILES.filter((file) => file !== name);
  test.each<readonly [string, Partial<Manifest>, readonly string[], RegExp]>([
    ['a missing license', {}, without('LICENSE'), /LICENSE is missing/],
    ['missing notices', {}, [...FILES, 'dist/vendor/x.js'], /THIRD-PARTY\.md is missing/],
    ['a missing entry', {}, without('dist/index.js'), /its entry dist\/index\.js is missing/],
    ['a missing source', {}, without('src/index.ts'), /names src\/index\.ts, which is missing/],
    ['another version', { version: '1.2.4' }, FILES, /its version is 1\.2\.4, not 1\.2\.3/],
    ['an own script', { scripts: { install: 'x' } }, FILES, /it has a script install/],
    [
      'a script below',
      { dependencies: { loud: '1.0.0' } },
      FILES,
      /on loud, which has a script postinstall/,
    ],
    ['a link', { dependencies: { quiet: 'file:../quiet' } }, FILES, /quiet is wanted as file:/],
    [
      'an old peer',
      { peerDependencies: { '@loci/core': '1.2.2' } },
      FILES,
      /@loci\/core is wanted as 1\.2\.2/,
    ],
    ['no repository', { repository: {} }, FILES, /it names no repository/],
  ])('%s', (_, change, files, message) => {
    expect(faults(change, files)).toEqual([expect.stringMatching(message)]);
  });
});
