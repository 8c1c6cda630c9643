/** The page on scripts: every script is run as the page says, and checked by the compiler against the published types. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import * as core from '@loci/core';
import * as library from '../../src/index.ts';
import { makeClone } from '../support/clone.ts';
import { followPage } from '../support/follow-page.ts';
import type { ReaderPlace } from '../support/follow-page.ts';
import { readSteps } from '../support/page-blocks.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const PAGE = join(ROOT, 'docs/api.md');

jest.setTimeout(300_000);

let reader: ReaderPlace;
beforeAll(() => {
  reader = makeClone();
});

test('every script does what the page says, and its types are right', async () => {
  await followPage(PAGE, reader);
  const scripts = readSteps(readFileSync(PAGE, 'utf8')).flatMap((step) =>
    step.kind === 'write' && step.file.endsWith('.mjs') ? [step.file] : [],
  );
  expect(scripts.length).toBeGreaterThan(5);
  const options = ['--noEmit', '--allowJs', '--checkJs', '--skipLibCheck', '--types', 'node'];
  const modules = ['--target', 'es2022', '--module', 'nodenext', '--lib', 'es2023'];
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), [...options, ...modules, ...scripts], {
    cwd: reader.clone,
    encoding: 'utf8',
  });
});

test('the table of commands names exports that are there', () => {
  const page = readFileSync(PAGE, 'utf8');
  const table = page.slice(
    page.indexOf('## What each command'),
    page.indexOf('A script must handle'),
  );
  const words = [...table.matchAll(/`([a-z]\w+)`/gu)].map(([, word]) => word!);
  const names = words.filter((word) => /[A-Z]/u.test(word) && !NOT_OF_CORE.has(word));
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) expect([name, name in library || name in core]).toEqual([name, true]);
});

/** Exports of the packages of data and models. */
const NOT_OF_CORE = new Set(['readBoxes', 'readVsiMeta', 'writeScenes', 'mergeAdapter']);
