/** Runs a command line in a process of its own, with a time limit, and keeps its output. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** How a command ended. */
export interface EndedCommand {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
  /** It was killed because its time was over. */
  readonly timedOut: boolean;
}

/** A command that is running. */
export interface RunningCommand {
  readonly pid: number;
  readonly ended: Promise<EndedCommand>;
  /** Whether standard output held the pattern before the command ended. */
  readonly sees: (pattern: RegExp) => Promise<boolean>;
  /** What it has written to standard output so far. */
  readonly stdout: () => string;
  /** Sends a signal; false when the command has ended. */
  readonly send: (signal: NodeJS.Signals) => boolean;
}

/** How a command is run. */
export interface CommandOptions {
  /** Over the variables of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A bash script that runs the command as `"$@"`; without it no shell is between. */
  readonly script?: string;
  /** Time after which it is killed, in ms. */
  readonly limitMs?: number;
}

/** Time that any command may take, in ms: many times what it needs on a busy machine. */
export const COMMAND_LIMIT_MS = 300_000;

/** Leaves the variables out that would change what a command does. */
const UNSET = ['NODE_OPTIONS', 'LOCI_REWARDS_TOKEN'];

const atWork = new Set<ChildProcess>();

/** Starts a program in `directory`. Its output is kept whole. */
export function startCommand(
  directory: string,
  [program, ...words]: readonly [string, ...string[]],
  { environment = {}, script, limitMs = COMMAND_LIMIT_MS }: CommandOptions = {},
): RunningCommand {
  const kept = Object.entries(process.env).filter(([name]) => !UNSET.includes(name));
  const env = { ...Object.fromEntries(kept), INIT_CWD: directory, ...environment };
  const [file, given] =
    script === undefined ? [program, words] : ['bash', ['-c', script, 'bash', program, ...words]];
  const start = performance.now();
  const child = spawn(file, given, {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A script and what it starts end together.
    detached: script !== undefined,
  });
  atWork.add(child);
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const watch of watchers) watch();
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killWhole(child);
  }, limitMs);
  let isOver = false;
  const ended = new Promise<EndedCommand>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      atWork.delete(child);
      resolve({ code, signal, ...output, milliseconds: performance.now() - start, timedOut });
    };
    child.on('error', ({ message }) => {
      output.stderr += message;
      end(127, null);
    });
    child.on('close', end);
  });
  return {
    pid: child.pid ?? 0,
    ended,
    sees: (pattern) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (!pattern.test(output.stdout)) return;
          watchers.delete(watch);
          resolve(true);
        };
        watchers.add(watch);
        watch();
        void ended.then(() => resolve(pattern.test(output.stdout)));
      }),
    stdout: () => output.stdout,
    send: (signal) => !isOver && child.kill(signal),
  };
}

/** Kills every running command, for a drill that is stopped. */
export function killAll(): void {
  for (const child of atWork) killWhole(child);
}

function killWhole(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && child.spawnargs[0] === 'bash')
      process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** The end of a command in one line: its code or signal, and the last line that it wrote. */
export function endOf({ code, signal, stdout, stderr, timedOut }: EndedCommand): string {
  const how = timedOut ? 'it was not done in time' : signal === null ? `code ${code}` : signal;
  const last = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
  return `${how}: ${last.slice(0, 400)}`;
}
