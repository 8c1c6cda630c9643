/** What the parts of the drill share: a workplace, chance that a seed repeats, and commands that are started, killed and watched. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomStream } from '@loci/core';

const MAIN = join(import.meta.dirname, '../main.js');

/** Where and how a part is drilled. */
export interface Drill {
  /** A folder that is the part's alone. */
  readonly place: string;
  /** Uniform in 0…1; the seed of the drill repeats it. */
  readonly random: RandomStream;
  /** How often what the part does is done. */
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** What a part found. */
export interface Findings {
  /** In words, such as `12 kills`. */
  readonly figures: readonly string[];
  /** What was not as promised; none when all was well. */
  readonly faults: readonly string[];
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and error. */
  readonly said: string;
}

/** A command that runs. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Standard output and error so far. */
  said(): string;
}

/**
 * Starts `loci <words>` in a folder.
 *
 * @param fileBlocks Largest file that it may write, in blocks of 1024 bytes; it needs `bash`.
 */
export function start(place: string, words: readonly string[], fileBlocks?: number): Running {
  const env = { ...process.env, INIT_CWD: place, DRILL_KEY: KEY };
  const command = [MAIN, ...words];
  // A process that ignores the signal of the limit gets an error where it writes, as on a full disk.
  const limited = `trap '' XFSZ; ulimit -f ${fileBlocks}; exec "$@"`;
  const child =
    fileBlocks === undefined
      ? spawn(process.execPath, command, { cwd: place, env })
      : spawn('bash', ['-c', limited, 'bash', process.execPath, ...command], { cwd: place, env });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, said }));
  });
  return { process: child, ended, said: () => said };
}

/** The key that commands of the drill send to servers; it may come back nowhere. */
export const KEY = 'sk-drill-Q9x7Ztr4Wm2LpV8sKd3FhJ6n';

/** Runs `loci <words>` to its end. */
export function run(place: string, words: readonly string[], blocks?: number): Promise<Ended> {
  return start(place, words, blocks).ended;
}

/** Runs `loci <words>` and kills it after a time, unless it ends before. */
export async function runAndKill(
  place: string,
  words: readonly string[],
  afterMs: number,
): Promise<Ended> {
  const running = start(place, words);
  const timer = setTimeout(() => running.process.kill('SIGKILL'), afterMs);
  const ended = await running.ended;
  clearTimeout(timer);
  return ended;
}

/** Waits until a command has printed something; `false` when it ended before. */
export async function prints(running: Running, pattern: RegExp): Promise<boolean> {
  let isOver = false;
  void running.ended.then(() => (isOver = true));
  while (!pattern.test(running.said()) && !isOver) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return pattern.test(running.said());
}

/** The end of what a command said, for a fault. */
export function lastWords({ code, signal, said }: Ended): string {
  return `${signal ?? `exit code ${code}`}: ${said.trim().slice(-400)}`;
}

/** Files below a folder that a finished command leaves to nobody: half-written ones and locks. */
export function leftovers(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?:\.tmp|\.part|\.partial|\.old)$|(?:^|[\\/])\.writer-/u.test(path),
  );
}

/** All files below a folder that hold a text. */
export function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text));
}
