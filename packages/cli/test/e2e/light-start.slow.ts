/** Descriptors load no engine, no native library and no client: those wait until something is created. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

jest.setTimeout(120_000);

const CLI = join(import.meta.dirname, '../..');
const RECORDER = pathToFileURL(join(import.meta.dirname, 'record-packages.mjs')).href;

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'loci-light-'));
});
afterAll(() => rmSync(place, { recursive: true }));

let runs = 0;

/** Packages that Node.js loads for a program, sorted. */
async function packagesOf(...program: readonly string[]): Promise<readonly string[]> {
  const file = join(place, `${++runs}.txt`);
  const env: NodeJS.ProcessEnv = { ...process.env, LOCI_RECORD: file };
  delete env['NODE_OPTIONS'];
  await promisify(execFile)(process.execPath, ['--import', RECORDER, ...program], {
    cwd: CLI,
    env,
  });
  const names = readFileSync(file, 'utf8').split('\n').flatMap(packageName);
  return [...new Set(names)].sort();
}

/** The package that a module belongs to, by its address or by the name it was required by. */
function packageName(module: string): readonly string[] {
  if (/^file:/.test(module) && !module.includes('/node_modules/')) {
    const own = /\/packages\/([^/]+)\/dist\//.exec(module)?.[1];
    return own === undefined ? [] : [`@loci/${own}`];
  }
  const path = module.split('/node_modules/').at(-1)!;
  return /^(?:@[\w.-]+\/)?[a-z][\w.-]*(?=\/|$)/.exec(path) ?? [];
}

const importing = (specifier: string) =>
  packagesOf('--input-type=module', '--eval', `await import('${specifier}')`);

describe('what importing plugins loads beside the core and zod', () => {
  let core: readonly string[];
  beforeAll(async () => {
    core = await importing('@loci/core');
  });

  test.each([
    ['@loci/backends/plugins', ['@loci/backends']],
    ['@loci/remote', ['@loci/media', '@loci/remote']],
    ['@loci/media', ['@loci/media']],
    ['@loci/datasets', ['@loci/datasets']],
    ['@loci/benchmarks', ['@loci/benchmarks']],
    ['@loci/rewards', ['@loci/rewards']],
  ])('%s: nothing but our own code', async (specifier, own) => {
    const loaded = await importing(specifier);
    expect(core).toContain('zod');
    expect(loaded.filter((name) => !core.includes(name))).toEqual(own);
  });

  test('the recorder sees what is imported and what is required', async () => {
    expect(await importing('@loci/backends')).toContain('@huggingface/tokenizers');
    expect(await importing('sharp')).toEqual(expect.arrayContaining(['sharp', 'detect-libc']));
  });
});

test('listing plugins loads no engine, no decoder and no client', async () => {
  const loaded = await packagesOf(join(CLI, 'dist/main.js'), 'plugins');
  expect(loaded).toContain('@loci/backends');
  const heavy = /^(?:onnx|@tensorflow|@huggingface|@bufbuild|sharp|mediabunny|@mediabunny|openai)/;
  expect(loaded.filter((name) => heavy.test(name))).toEqual([]);
});

test('a config that names nothing on the hub loads nothing of it', async () => {
  const loaded = await packagesOf(join(CLI, 'dist/main.js'), 'config', 'print', '--changed');
  expect(loaded).toContain('@loci/datasets');
  expect(loaded.filter((name) => /^@(?:loci\/hub|huggingface)/.test(name))).toEqual([]);
});
