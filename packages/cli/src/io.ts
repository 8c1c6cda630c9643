import type { Terminal } from './render/terminal.ts';

/** What a command may touch of the process, so that tests can bring their own. */
export interface Io {
  /** Results: what a person asked for, and what a pipe should get. */
  readonly out: Terminal;
  /** Folder that typed paths start from. */
  readonly userDirectory: string;
  /** Takes what a command found, for programs; there with `--json` alone. */
  readonly result?: (found: unknown) => void;
}

/** With `--json`, words go to standard error, and what a command found to the output, as JSON; maps as objects. */
export function withResult(io: Io, { json }: { readonly json?: true }): Io {
  if (json !== true) return io;
  const plain = (_: string, value: unknown): unknown =>
    value instanceof Map ? Object.fromEntries(value) : value;
  return {
    ...io,
    out: process.stderr,
    result: (found) => print(io, JSON.stringify(found, plain, 2)),
  };
}

/** Writes a line of the result. */
export function print(io: Io, text: string): void {
  io.out.write(`${text}\n`);
}
