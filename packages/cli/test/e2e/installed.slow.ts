/**
 * Loci as somebody installs it: packed, put into an empty folder by npm and by pnpm with no flag, and used. Needs the npm registry, and
 * nothing else.
 */
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

jest.setTimeout(900_000);

const ROOT = join(import.meta.dirname, '../../../..');
const LIGHT = ['core', 'rewards', 'datasets', 'benchmarks', 'cluster', 'cli'];
const PNPM = ['-y', 'pnpm@10.34.8'];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

let place: string;
let tarballs: string;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'loci-installed-'));
  tarballs = join(place, 'tarballs');
  run(ROOT, process.execPath, ['tools/dist/tarballs.js', '--out', tarballs]);
});
afterAll(() => rmSync(place, { recursive: true }));

interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as somebody would who knows nothing of this repository. @throws Error where it fails. */
function run(folder: string, program: string, words: readonly string[]): Said {
  const foreign = /^(?:npm_|NX_|JEST_|NODE_OPTIONS$|INIT_CWD$)/i;
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !foreign.test(name)),
  );
  const log = join(place, 'stderr.txt');
  writeFileSync(log, '');
  const stdout = execFileSync('sh', ['-c', 'exec "$@" 2>"$0"', log, program, ...words], {
    cwd: folder,
    env: own,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  return { stdout, stderr: readFileSync(log, 'utf8') };
}

/** An empty folder of its own, as `npm init` leaves it. */
function emptyProject(name: string): string {
  const folder = join(place, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "somebody", "private": true }\n');
  return folder;
}

const all = (): readonly string[] => readdirSync(tarballs).map((name) => join(tarballs, name));
const some = (names: readonly string[]): readonly string[] =>
  names.map((name) => join(tarballs, `loci-${name}-${version}.tgz`));

/** Megabytes on the disk, as `du` counts them. */
function diskMegabytes(folder: string): number {
  const bytes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, path) => sum + lstatSync(join(folder, path)).blocks * 512,
    0,
  );
  return bytes / 2 ** 20;
}

/** Packages that would run a script on whoever installs them. */
function scripted(folder: string): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
  };
  return Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript ? [path] : [],
  );
}

describe('everything, by npm', () => {
  let folder: string;
  beforeAll(() => {
    folder = emptyProject('npm');
    const { stderr } = run(folder, 'npm', ['install', '--no-audit', ...all()]);
    expect(stderr).toBe('');
  });

  test('installs with no script to run, in less than 400 MB', () => {
    expect(scripted(folder)).toEqual([]);
    expect(diskMegabytes(join(folder, 'node_modules'))).toBeLessThan(400);
  });

  test('trains, and prints a next command that works here', () => {
    const small = '--set steps=2 --set dataset.trainScenes=8 --set evaluate.questions=8';
    const { stdout } = run(folder, 'npx', ['loci', 'train', ...small.split(' ')]);
    expect(stdout).toMatch(/^finished after step 2$/m);
    expect(stdout).not.toMatch(/nx run/);
  });

  test('prints its version', () => {
    expect(run(folder, 'npx', ['loci', '--version']).stdout).toBe(`${version}\n`);
  });

  describe('a project of its own', () => {
    let project: string;
    beforeAll(() => {
      const { stdout } = run(folder, 'npx', ['loci', 'init', 'mine', '--json']);
      const made = JSON.parse(stdout) as { readonly folder: string; readonly commands: string[] };
      project = made.folder;
      expect(made.commands).toContain('npx loci train --config config.yaml');
    });

    test('trains at once', () => {
      const words = 'loci train --config config.yaml --steps 1 --json --quiet';
      const { stdout } = run(project, 'npx', words.split(' '));
      expect(JSON.parse(stdout)).toMatchObject({ step: 1, reason: 'finished' });
    });

    test('has a reward that keeps its contract, under every runner', () => {
      const { stdout } = run(project, 'npx', [
        'loci',
        'validate',
        '--config',
        'config.yaml',
        '--json',
      ]);
      expect(JSON.parse(stdout)).toMatchObject({ broken: [] });
      expect(run(project, process.execPath, ['--test']).stdout).toMatch(/^# pass 15$/m);
      run(folder, 'npm', ['install', '--no-audit', '--save-dev', 'vitest@4.1.12']);
      const vitest = run(project, 'npx', ['vitest', 'run', '--root', '.', '--no-color']);
      expect(vitest.stdout).toMatch(/Tests {2}15 passed/);
    });

    test('has types that hold', () => {
      run(folder, 'npm', ['install', '--no-audit', '--save-dev', 'typescript@5.9.3']);
      expect(run(project, 'npx', ['tsc', '-p', 'tsconfig.json']).stdout).toBe('');
    });
  });
});

test('everything, by pnpm', () => {
  const folder = emptyProject('pnpm');
  run(folder, 'npx', [...PNPM, 'add', ...all()]);
  const small = '--set steps=2 --set dataset.trainScenes=8 --set evaluate.questions=8';
  const words = [...PNPM, 'exec', 'loci', 'train', ...small.split(' ')];
  expect(run(folder, 'npx', words).stdout).toMatch(/^finished after step 2$/m);
});

describe('what a reward author needs, by npm', () => {
  let folder: string;
  beforeAll(() => {
    folder = emptyProject('light');
    const { stderr } = run(folder, 'npm', ['install', '--no-audit', ...some(LIGHT)]);
    expect(stderr).toBe('');
  });

  test('takes less than 35 MB', () => {
    expect(scripted(folder)).toEqual([]);
    expect(diskMegabytes(join(folder, 'node_modules'))).toBeLessThan(35);
  });

  test('validates and scores', () => {
    const { stdout } = run(folder, 'npx', ['loci', 'validate', '--samples', '1', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ broken: [], questions: 3 });
    const rollouts = join(place, 'npm/runs');
    const [first = ''] = readdirSync(rollouts);
    const file = join(rollouts, first, 'rollouts.jsonl');
    const scored = run(folder, 'npx', ['loci', 'score', '--rollouts', file, '--json']).stdout;
    expect(JSON.parse(scored)).toMatchObject({ brokenLines: 0, sum: { changed: 0 } });
  });

  test('names the package that a command lacks, and no command that fetches it from a registry', () => {
    for (const words of ['train --steps 1', 'watch']) {
      const { stderr } = failed(folder, ['loci', ...words.split(' ')]);
      expect(stderr).toMatch(
        /which is not installed: add @loci\/\w+ from where your other packages/,
      );
      expect(stderr).not.toMatch(/npm install|npx (?!loci)/);
    }
  });
});

/** A command that has to fail. */
function failed(folder: string, words: readonly string[]): Said {
  try {
    run(folder, 'npx', words);
  } catch (thrown) {
    const { stdout } = thrown as { readonly stdout: string };
    return { stdout, stderr: readFileSync(join(place, 'stderr.txt'), 'utf8') };
  }
  throw new Error(`${words.join(' ')} should fail`);
}
