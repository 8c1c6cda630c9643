import type { Terminal } from './render/terminal.ts';

/** The parts of the process that a command uses, so that tests can replace them. */
export interface Io {
  /** Output of the command, for people and pipes. */
  readonly out: Terminal;
  /** Folder that typed paths start from. */
  readonly userDirectory: string;
  /** Takes the result of a command, for programs; present only with `--json`. */
  readonly result?: (found: unknown) => void;
}

/** With `--json`, sends text to standard error, and the result to the output as JSON, with maps as objects. */
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
