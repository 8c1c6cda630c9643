/** What Node says of a package that is not installed becomes the command that installs it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { messageOf } from '../../src/errors/loci-error.ts';
import { installText } from '../../src/errors/install-text.ts';
import { missingPackage } from '../../src/errors/missing-package.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loci-missing-'));
  mkdirSync(join(folder, 'dist'));
  const wanted = {
    type: 'module',
    dependencies: { 'not-there-at-all': '1.2.3' },
    optionalDependencies: { '@not-there/at-all': '4.5.6' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(wanted));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The error of a real Node that runs one line. */
function errorOf(line: string): Error {
  const path = join(folder, 'dist/one.js');
  writeFileSync(
    path,
    `try { ${line} } catch (e) { console.log(JSON.stringify({ code: e.code, message: e.message })) }`,
  );
  const said = JSON.parse(execFileSync(process.execPath, [path], { encoding: 'utf8' })) as object;
  return Object.assign(new Error(), said);
}

test.each([
  [`await import('not-there-at-all')`, 'not-there-at-all', '@1.2.3'],
  [`await import('not-there-at-all/deep/file')`, 'not-there-at-all', '@1.2.3'],
  [`await import('@not-there/at-all')`, '@not-there/at-all', '@4.5.6'],
  [`await import('@not-there/else')`, '@not-there/else', ''],
  [
    `(await import('node:module')).createRequire(import.meta.url)('not-there-at-all')`,
    'not-there-at-all',
    '',
  ],
])('%s', (line, name, version) => {
  const error = errorOf(line);
  const remedy = `the package ${name} is not installed: ${installText(`${name}${version}`)}`;
  expect(missingPackage(error)).toBe(remedy);
  expect(messageOf(error)).toBe(remedy);
});

test.each([[`await import('./no-file.js')`], [`throw new Error('else')`]])('not of %s', (line) => {
  const error = errorOf(line);
  expect(missingPackage(error)).toBeUndefined();
  expect(messageOf(error)).toBe(error.message);
});
