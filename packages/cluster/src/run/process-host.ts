/**
 * Runs jobs as processes of this machine that outlive the process that started them. Each has a folder with its files, its log and its state:
 *
 *     started/   made by the shell that runs the job: a second shell finds it and ends
 *     group      process group of the job
 *     boot       id of the machine's start, where the system has one
 *     log        output of the job
 *     exit       its exit code, when it has ended
 *     stopped    present when somebody stopped it
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { shellWord, writeFileWhole } from '@loci/core';
import type { HostedJob, HostedState, JobHost } from './job-host.ts';

/** Limits for a shell between making `started` and `group`, and for a job to end after SIGTERM. */
const [STARTING_MS, STOPPING_MS] = [10_000, 30_000];

/** New at each start of the machine, after which process ids repeat. */
const BOOT_FILE = '/proc/sys/kernel/random/boot_id';

/** `mkdir` is atomic, so that only one of two shells runs the job. */
const SCRIPT = `cd "$1" || exit 1
mkdir started 2>/dev/null || exit 0
cat /proc/sys/kernel/random/boot_id >boot 2>/dev/null
echo "$2" >group.tmp && mv group.tmp group
set -a && . ./environment && set +a
cd files && bash ../entrypoint >../log 2>&1 </dev/null
echo $? >../exit.tmp && mv ../exit.tmp ../exit
`;

/** Runs jobs, each in a folder below one of this machine. */
export class ProcessHost implements JobHost {
  readonly isRay = false;
  readonly place = 'a process of this machine';
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start({ id, entrypoint, files, environment }: HostedJob): Promise<void> {
    const folder = this.#of(id);
    if (existsSync(join(folder, 'started'))) return;
    mkdirSync(join(folder, 'files'), { recursive: true });
    for (const [path, content] of files) {
      const target = join(folder, 'files', path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileWhole(target, content);
    }
    const lines = Object.entries(environment).map(
      ([name, value]) => `${name}=${shellWord(value)}\n`,
    );
    writeFileWhole(join(folder, 'environment'), lines.join(''));
    writeFileWhole(join(folder, 'entrypoint'), `${entrypoint}\n`);
    writeFileWhole(join(folder, 'script'), SCRIPT);
    // The shell in between ends at once, so that killing this process and its children leaves the job running.
    const line = 'bash "$1/script" "$1" $$ >/dev/null 2>&1 </dev/null &';
    const child = spawn('/bin/bash', ['-c', line, 'loci', folder], {
      detached: true,
      stdio: 'ignore',
    });
    await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
    for (let waited = 0; !existsSync(join(folder, 'group')) && waited < STARTING_MS; waited += 20) {
      await sleep(20);
    }
  }

  async look(id: string): Promise<HostedState | undefined> {
    const folder = this.#of(id);
    const started = statSync(join(folder, 'started'), { throwIfNoEntry: false });
    if (started === undefined) return undefined;
    const isStopped = existsSync(join(folder, 'stopped'));
    const group = numberIn(join(folder, 'group'));
    const isAlive =
      group === undefined
        ? Date.now() - started.mtimeMs < STARTING_MS
        : textOf(join(folder, 'boot')) === textOf(BOOT_FILE) && isGroupAlive(group);
    // Read after checking the process, which may end in between.
    const exitCode = numberIn(join(folder, 'exit'));
    if (exitCode === undefined && isAlive) return { status: 'RUNNING', message: 'runs' };
    if (isStopped) return { status: 'STOPPED', message: 'was stopped' };
    if (exitCode === 0) return { status: 'SUCCEEDED', message: 'ended', exitCode };
    if (exitCode !== undefined) {
      return { status: 'FAILED', message: `ended with exit code ${exitCode}`, exitCode };
    }
    const message = 'ended without an exit code: it was killed, or the machine restarted';
    return { status: 'FAILED', message };
  }

  async log(id: string): Promise<string> {
    const file = join(this.#of(id), 'log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async stop(id: string): Promise<void> {
    const folder = this.#of(id);
    if ((await this.look(id))?.status !== 'RUNNING') return;
    writeFileSync(join(folder, 'stopped'), '');
    const group = numberIn(join(folder, 'group'));
    if (group === undefined) return;
    signal(group, 'SIGTERM');
    for (let waited = 0; isGroupAlive(group); waited += 100) {
      if (waited >= STOPPING_MS) signal(group, 'SIGKILL');
      await sleep(100);
    }
  }

  #of(id: string): string {
    return join(this.#folder, id);
  }
}

function numberIn(file: string): number | undefined {
  const text = textOf(file);
  return /^\d+$/u.test(text) ? Number(text) : undefined;
}

/** Text of a file; empty where it does not exist. */
function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

function isGroupAlive(group: number): boolean {
  return signal(group, 0);
}

function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, name);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
