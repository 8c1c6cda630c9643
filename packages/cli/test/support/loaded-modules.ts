/** Runs a built command and tells what it loaded. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../dist/main.js');
const RECORDER = join(import.meta.dirname, 'record-modules.mjs');

/** What a command printed and loaded. */
export interface Loaded {
  /** Its exit code. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Names of the installed packages of which it loaded a module, each once. */
  readonly packages: readonly string[];
  /** Names of the folders below `packages/` of which it loaded a module, each once. */
  readonly ours: readonly string[];
  /** Files with native code. */
  readonly addons: readonly string[];
}

/** Runs `loci <words>`, or another program, in a folder of its own. */
export function loadedBy(words: readonly string[], program = MAIN): Loaded {
  const directory = mkdtempSync(join(tmpdir(), 'loci-start-'));
  const record = join(directory, 'modules.txt');
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    INIT_CWD: directory,
    LOCI_TEST_MODULES: record,
  };
  delete environment['NODE_OPTIONS'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', RECORDER, program, ...words],
    { cwd: directory, env: environment, encoding: 'utf8' },
  );
  const lines = readFileSync(record, 'utf8').split('\n');
  const modules = lines.filter((line) => line.startsWith('module '));
  return {
    status,
    stdout,
    stderr,
    packages: namesIn(modules, /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/),
    ours: namesIn(modules, /\/packages\/([^/]+)\/dist\//),
    addons: lines.filter((line) => line.startsWith('addon ')),
  };
}

function namesIn(lines: readonly string[], pattern: RegExp): readonly string[] {
  return [...new Set(lines.flatMap((line) => pattern.exec(line)?.[1] ?? []))].sort();
}
