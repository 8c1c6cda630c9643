/** Runs peers in Python: finds its packages, and reads the times that a script reports. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LociError } from '@loci/core';
import { PEER_SCRIPTS } from './peers.ts';
import type { Peer } from './peers.ts';

/** Seconds of a trainer's step, with the parts that it reports. */
export interface PeerTimes {
  readonly step: number;
  readonly generation: number;
  readonly reference?: number;
  /** Policy pass, gradients and update. */
  readonly training?: number;
}

/** The times of a peer, or the reason why there are none. */
export type PeerOutcome =
  { readonly times: PeerTimes; readonly description: string } | { readonly failure: string };

/** Compiling takes minutes at worst; a script without output for so long has failed. */
const TIME_LIMIT_MS = 15 * 60_000;

/** The scripts that come with Loci. */
const OWN_SCRIPTS = resolve(import.meta.dirname, '../../../bench-peers');

/** Prints the versions of packages as JSON, null for those that are not there. */
const VERSIONS = `
import importlib.metadata, json, sys
found = {}
for name in sys.argv[1:]:
    try: found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError: found[name] = None
print(json.dumps(found))
`;

/**
 * The folder of the peers' scripts.
 *
 * @throws LociError `peer-scripts-missing` when a script is not in it.
 */
export function scriptsFolder(given: string | undefined): string {
  const folder = given === undefined ? OWN_SCRIPTS : resolve(given);
  const missing = PEER_SCRIPTS.filter((script) => !existsSync(join(folder, script)));
  if (missing.length === 0) return folder;
  throw new LociError(
    'peer-scripts-missing',
    `There is no ${missing.join(' and no ')} in ${folder}: name a folder that has ${PEER_SCRIPTS.join(' and ')} with --peer-scripts FOLDER.`,
  );
}

/**
 * Versions of Python packages; null for one that is not installed.
 *
 * @throws LociError `python-unavailable` when that Python does not start.
 */
export async function packageVersions(
  python: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string | null>>> {
  const { error, stdout } = await execute(python, ['-c', VERSIONS, ...names]);
  if (error === null) return JSON.parse(stdout) as Record<string, string | null>;
  throw new LociError(
    'python-unavailable',
    `${python} does not run as a Python: ${error.message.split('\n')[0]}. Name one with --peers, such as --peers python3.`,
    { cause: error },
  );
}

/** Reads the output of a script: its last line is a JSON object with `peer`, `step_s`, `generation_s` and parts of the rest. */
export function readPeerReport(stdout: string): PeerOutcome {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  const report = parsed(line);
  const seconds = (name: string) => {
    const value = report[name];
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  };
  const [step, generation, reference] = ['step_s', 'generation_s', 'reference_s'].map(seconds);
  if (step === undefined || generation === undefined) {
    return {
      failure: `its last line has no step_s and generation_s: ${line.slice(0, 200)}`,
    };
  }
  const parts = ['policy_forward_s', 'backward_update_s'].map(seconds);
  const training =
    seconds('train_s') ??
    (parts.every((part) => part !== undefined)
      ? parts.reduce((sum, part) => sum + part, 0)
      : undefined);
  return {
    times: {
      step,
      generation,
      ...(reference !== undefined && { reference }),
      ...(training !== undefined && { training }),
    },
    description: String(report['peer'] ?? 'unnamed'),
  };
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Runs a peer to its end. */
export async function runPeer(python: string, folder: string, peer: Peer): Promise<PeerOutcome> {
  const threads = peer.words[peer.words.indexOf('--threads') + 1]!;
  const { error, stdout, stderr } = await execute(
    python,
    [join(folder, peer.script), ...peer.words],
    { OMP_NUM_THREADS: threads },
  );
  if (error === null) return readPeerReport(stdout);
  const lastLine = stderr.trim().split('\n').at(-1);
  const why = error.killed === true ? `it took over ${TIME_LIMIT_MS / 60_000} minutes` : lastLine;
  return { failure: why || error.message.split('\n')[0]! };
}

interface Executed {
  readonly error: (Error & { readonly killed?: boolean }) | null;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Executed> {
  const options = {
    env: { ...process.env, ...environment },
    timeout: TIME_LIMIT_MS,
    maxBuffer: 2 ** 26,
  };
  return new Promise((done) => {
    execFile(program, words, options, (error, stdout, stderr) => done({ error, stdout, stderr }));
  });
}
