/** Facts of the output's terminal: its size, its colors, and whether it can show a display that redraws itself. */
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { WriteStream } from 'node:tty';
import picocolors from 'picocolors';

/** A stream that people read: standard output, or a stand-in of a test. */
export type Terminal = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Columns and rows of characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Styles for text; without colors, each returns the text unchanged. */
export type Colors = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'cyan' | 'green' | 'yellow' | 'red'
>;

type Environment = Readonly<Record<string, string | undefined>>;

const USUAL_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** Whether the output is a terminal that can move its cursor: not a pipe, not `TERM=dumb`, not a CI system. */
export function isLive(terminal: Terminal, environment: Environment = process.env): boolean {
  const { TERM, CI } = environment;
  return terminal.isTTY === true && TERM !== 'dumb' && (CI ?? '') === '';
}

/** The styles of a terminal; plain ones for pipes, `TERM=dumb` and `NO_COLOR` (https://no-color.org). */
export function colorsOf(terminal: Terminal, environment: Environment = process.env): Colors {
  const { TERM, NO_COLOR } = environment;
  const wanted = terminal.isTTY === true && TERM !== 'dumb' && (NO_COLOR ?? '') === '';
  return picocolors.createColors(wanted);
}

/**
 * The size of the user's terminal. Under Nx it differs from standard output: Nx gives a command a terminal of its own, which keeps its first
 * size. A terminal without a size, such as one of `script`, reports 0 × 0 and counts as one of the usual size.
 */
export function sizeOf(terminal: Terminal, environment: Environment = process.env): TerminalSize {
  const outer = terminal === process.stdout ? outerSize(environment) : undefined;
  const { columns, rows } = terminal;
  return outer ?? { columns: columns || USUAL_SIZE.columns, rows: rows || USUAL_SIZE.rows };
}

/** Width for tables: that of the terminal, or no limit where the output is not a terminal. */
export function tableWidth(terminal: Terminal): number {
  return terminal.isTTY === true ? sizeOf(terminal).columns : Number.POSITIVE_INFINITY;
}

let outerPath: string | undefined | null = null;

/** The size of the terminal that Nx runs in; undefined outside of Nx, and where the system does not reveal it. */
function outerSize(environment: Environment): TerminalSize | undefined {
  const process = environment['NX_INVOCATION_ROOT_PID'];
  if (process === undefined || !/^\d+$/u.test(process)) return undefined;
  if (outerPath === null) outerPath = terminalOfProcess(process);
  if (outerPath === undefined) return undefined;
  try {
    return sizeOfDevice(outerPath);
  } catch {
    outerPath = undefined;
    return undefined;
  }
}

function terminalOfProcess(id: string): string | undefined {
  try {
    const path =
      process.platform === 'linux'
        ? readlinkSync(`/proc/${id}/fd/1`)
        : `/dev/${execFileSync('ps', ['-o', 'tty=', '-p', id], { encoding: 'utf8' }).trim()}`;
    return /^\/dev\/(?:pts\/|tty)\w+$/u.test(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function sizeOfDevice(path: string): TerminalSize | undefined {
  // O_NOCTTY: the terminal must not become the controlling one of this process.
  const file = openSync(path, constants.O_WRONLY | constants.O_NOCTTY);
  let stream: WriteStream;
  try {
    stream = new WriteStream(file);
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  }
  const { columns, rows } = stream;
  stream.destroy();
  return columns > 0 && rows > 0 ? { columns, rows } : undefined;
}
