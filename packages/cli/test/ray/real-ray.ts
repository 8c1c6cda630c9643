/** A real Ray of two nodes on this machine, for the tests of `nx run cli:ray`; why there is none, where there is none. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VERL_STAND_IN } from '@loci/cluster/testing';

/** The script that makes a Ray of Python wheels, where it lies beside the repository. */
const SCRIPT = resolve(import.meta.dirname, '../../../../../shared/ray/start-ray.sh');
const FOLDER = process.env['LOCI_RAY_FOLDER'] ?? join(tmpdir(), 'loci-ray');
const ADDRESS = 'http://127.0.0.1:8265';
/** Nothing of a job lies in it. */
const STORE = '--object-store-memory=200000000';
const ATTEMPTS = 4;
/** Making it takes minutes the first time. */
const STARTING_MS = 600_000;

/** A Ray that runs. */
export interface RealRay {
  readonly url: string;
  /** Of its nodes. */
  readonly nodes: number;
  stop(): void;
}

/** Starts a head without a GPU and a node that says it has eight; the packages that jobs ask for are stand-ins. */
export async function startRay(): Promise<RealRay | { readonly missing: string }> {
  if (await answers()) return { missing: `a Ray of somebody else answers on ${ADDRESS}` };
  const environment = {
    ...process.env,
    // Jobs call python3, as they would in an image where it is the one with Ray.
    PATH: `${join(FOLDER, 'venv/bin')}:${process.env['PATH']}`,
    PYTHONPATH: join(import.meta.dirname, 'python'),
    LOCI_NODE: process.execPath,
    LOCI_VERL_STAND_IN: VERL_STAND_IN,
    STAND_IN_SHIM: 'python3',
    STAND_IN_STEP_MS: '300',
  };
  const run = (program: string, words: readonly string[]) =>
    spawnSync(program, words, { env: environment, encoding: 'utf8', timeout: STARTING_MS });
  const onPath = spawnSync('ray', ['--version']).status === 0;
  let ray = 'ray';
  if (onPath) {
    const head = [
      '--head',
      '--port=6399',
      '--dashboard-host',
      '127.0.0.1',
      '--dashboard-port=8265',
    ];
    run(ray, ['start', ...head, '--num-cpus=2', '--num-gpus=0', '--disable-usage-stats', STORE]);
  } else {
    if (!existsSync(SCRIPT))
      return { missing: 'there is no "ray" on the path (pip install "ray[default]")' };
    mkdirSync(FOLDER, { recursive: true });
    ray = join(FOLDER, 'venv/bin/ray');
    let made = run('bash', [SCRIPT, FOLDER]);
    // A head gives its parts 30 s to start, which a busy machine does not always have.
    for (let attempt = 2; made.status !== 0 && existsSync(ray) && attempt <= ATTEMPTS; attempt++) {
      run(ray, ['stop', '--force']);
      made = run('bash', [SCRIPT, FOLDER]);
    }
    if (made.status !== 0) {
      if (existsSync(ray)) run(ray, ['stop', '--force']);
      return { missing: `Ray could not be made: ${made.stderr.trim().split('\n').at(-1)}` };
    }
  }
  const stop = (): void => void run(ray, ['stop', '--force']);
  const node = [
    '--address=127.0.0.1:6399',
    '--num-cpus=1',
    '--num-gpus=8',
    '--disable-usage-stats',
  ];
  const joined = run(ray, ['start', ...node]);
  for (let waited = 0; waited < 60_000 && !(await answers()); waited += 500) await sleep(500);
  if (joined.status === 0 && (await answers())) return { url: ADDRESS, nodes: 2, stop };
  stop();
  return { missing: `Ray did not start: ${joined.stderr.trim().split('\n').at(-1)}` };
}

function answers(): Promise<boolean> {
  return fetch(`${ADDRESS}/api/version`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
