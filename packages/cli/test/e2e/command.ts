/** Runs the built command line as a person would: in a folder of their own, in a process of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves as soon as standard output holds the pattern; rejects when the command ends without it. */
  sees(pattern: RegExp): Promise<void>;
}

/** Starts `loci <words>` in `directory`; `main` is the entry of another copy of the command line. */
export function startCommand(directory: string, words: readonly string[], main = MAIN): Running {
  const environment: NodeJS.ProcessEnv = { ...process.env, INIT_CWD: directory };
  delete environment['NODE_OPTIONS'];
  // Tests run by Nx would be told commands for Nx, and not those of a person who typed this one.
  delete environment['NX_TASK_TARGET_PROJECT'];
  const child = spawn(process.execPath, [main, ...words], { cwd: directory, env: environment });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const check of waiting) check();
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!pattern.test(stdout)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
        void ended.then(() => {
          if (!pattern.test(stdout)) {
            reject(new Error(`ended without ${String(pattern)}:\n${stdout}\n${stderr}`));
          }
        });
      }),
  };
}

/** Runs `loci <words>` in `directory` to its end; `main` is the entry of another copy of the command line. */
export function runCommand(
  directory: string,
  words: readonly string[],
  main = MAIN,
): Promise<Ended> {
  return startCommand(directory, words, main).ended;
}
