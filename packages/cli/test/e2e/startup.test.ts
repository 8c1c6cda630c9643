/** What some commands load before they do anything; `startup.slow.ts` has the others. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadedBy } from '../support/loaded-modules.ts';
import { expectLightHelp, expectNoEngine } from './light-commands.ts';

test('the record holds ES modules, CommonJS modules and native code', () => {
  const script = join(mkdtempSync(join(tmpdir(), 'loci-start-')), 'script.mjs');
  writeFileSync(script, `await import('${import.meta.resolve('sharp')}');`);
  const { packages, addons } = loadedBy([], script);
  expect(packages).toContain('sharp');
  expect(addons).toEqual([expect.stringMatching(/^addon .*sharp.*\.node$/)]);
});

test.each(['', 'train'])(
  'help of "loci %s" loads the parser of the command line and no package of ours but the program',
  expectLightHelp,
);

test.each([
  ['plugins', /policy onnx: /],
  ['serve-rewards --set steps=x', /steps: /],
])('"loci %s" has every plugin at hand and no engine loaded', expectNoEngine);
