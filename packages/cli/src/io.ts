import type { Terminal } from './render/terminal.ts';

/** What a command may touch of the process, so that tests can bring their own. */
export interface Io {
  /** Results: what a person asked for, and what a pipe should get. */
  readonly out: Terminal;
  /** Folder that typed paths start from. */
  readonly userDirectory: string;
}

/** Writes a line of the result. */
export function print(io: Io, text: string): void {
  io.out.write(`${text}\n`);
}
