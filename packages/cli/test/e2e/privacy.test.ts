/**
 * Nobody is told that Loci is used. ONNX Runtime, when it reports, leaves a device id in the home folder and files in the temporary one, and keeps
 * still where `CI` is set: so it is unset here, and both folders are new.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

const MAIN = join(import.meta.dirname, '../../dist/main.js');
const IN_WORKER = join(import.meta.dirname, '../support/open-in-worker.mjs');
/** Where they are set the library keeps still by itself. */
const SILENCERS = [
  'CI',
  'GITHUB_ACTIONS',
  'TF_BUILD',
  'ORT_DISABLE_TELEMETRY',
  'ORT_RUNNING_UNIT_TESTS',
  ...['NODE_OPTIONS', 'XDG_CACHE_HOME'],
];

/** Runs a program as on a machine of its own; gives what it printed and the files it left there. */
async function runAlone(directory: string, words: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'loci-home-'));
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !SILENCERS.includes(name)),
  );
  for (const name of ['home', 'tmp']) mkdirSync(join(home, name));
  const env = {
    ...environment,
    INIT_CWD: directory,
    HOME: join(home, 'home'),
    TMPDIR: join(home, 'tmp'),
  };
  const child = spawn(process.execPath, words, { cwd: directory, env });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, printed, left: readdirSync(home, { recursive: true, encoding: 'utf8' }).sort() };
}

let workplace: string;

beforeAll(async () => {
  workplace = await makeWorkplace();
});

test('a training leaves no file outside its folders', async () => {
  const words = [MAIN, 'train', '--config', 'tiny.yaml', '--run', 'quiet', '--set', 'steps=1'];
  const ended = await runAlone(workplace, words);
  expect(ended).toMatchObject({ code: 0, left: ['home', 'tmp'] });
});

test('a program that uses Loci in a worker thread alone leaves none either', async () => {
  const ended = await runAlone(workplace, [IN_WORKER]);
  expect(ended).toMatchObject({ code: 0, left: ['home', 'tmp'] });
  expect(ended.printed).toMatch(/protobuf/i);
});
