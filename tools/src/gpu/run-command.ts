/** Runs a command in a process of its own, with a time limit, and keeps what it said. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** A command that has ended. */
export interface EndedCommand {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly output: string;
  readonly seconds: number;
  readonly timedOut: boolean;
}

/** How a command is run. */
export interface CommandSettings {
  readonly environment: Readonly<Record<string, string>>;
  /** Where all that it says is written. */
  readonly log: string;
  readonly limitSeconds: number;
}

/** Runs `command`; an engine that ends its process fails one part and no other. */
export function runCommand(
  [program, ...given]: readonly [string, ...string[]],
  { environment, log, limitSeconds }: CommandSettings,
): Promise<EndedCommand> {
  const start = performance.now();
  const file = createWriteStream(log);
  const child = spawn(program, given, { env: { ...process.env, ...environment } });
  let output = '';
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, limitSeconds * 1000);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      file.write(text);
    });
  }
  return new Promise((resolve) => {
    const end = (code: number | null, signal: string | null) => {
      clearTimeout(timer);
      file.end();
      const seconds = (performance.now() - start) / 1000;
      resolve({ code: code ?? undefined, signal: signal ?? undefined, output, seconds, timedOut });
    };
    child.on('error', (error) => {
      output += error.message;
      end(1, null);
    });
    child.on('close', end);
  });
}
