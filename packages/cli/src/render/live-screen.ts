/** Keeps lines at the bottom of a terminal up to date, below everything that is printed meanwhile. */
import ansiEscapes from 'ansi-escapes';
import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';
import { colorsOf, sizeOf } from './terminal.ts';
import type { Colors, Terminal, TerminalSize } from './terminal.ts';

/** Makes the lines for a size; longer lines are cut. */
export type Draw = (size: TerminalSize, colors: Colors) => readonly string[];

/** A display until `stop`. */
export interface LiveScreen {
  /** Redraws soon, because the lines of `draw` have changed. */
  changed(): void;
  /** Prints a line above the display. */
  line(text: string): void;
  /** Removes the display. */
  stop(): void;
}

/** Least and most milliseconds between two drawings: without changes, the time left and the window's size may still change. */
const [SHORTEST_MS, LONGEST_MS] = [100, 1000];

// Terminals that support these show everything between them at once; others ignore them.
const [BEGIN_UPDATE, END_UPDATE] = ['\u001b[?2026h', '\u001b[?2026l'];

/**
 * Starts a display on a terminal. Other output of the process appears above it: standard output and standard error pass through the display
 * until it ends. Output that a library prints without Node cannot be caught, and may be overwritten.
 */
export function startScreen(terminal: Terminal, draw: Draw): LiveScreen {
  const colors = colorsOf(terminal);
  const write = terminal.write.bind(terminal) as (text: string) => boolean;
  let shown: readonly string[] = [];
  let drawnAt = -Infinity;
  let waiting: NodeJS.Timeout | undefined;

  const erasure = (columns: number): string => {
    if (shown.length === 0) return '';
    // A terminal that became narrower has wrapped the lines that no longer fit.
    const rows = shown.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)),
      0,
    );
    return ansiEscapes.eraseLines(rows + 1);
  };
  const redraw = (above = ''): void => {
    clearTimeout(waiting);
    waiting = undefined;
    drawnAt = performance.now();
    const size = sizeOf(terminal);
    const before = erasure(size.columns);
    const lines = draw(size, colors).slice(0, Math.max(1, size.rows - 1));
    shown = lines.map((line) => sliceAnsi(line, 0, Math.max(1, size.columns - 1)));
    const text = shown.map((line) => `${line}\n`).join('');
    write(`${BEGIN_UPDATE}${before}${above}${text}${END_UPDATE}`);
  };
  const printAbove = (text: string): void =>
    redraw(text === '' || text.endsWith('\n') ? text : `${text}\n`);
  const release = throughDisplay(terminal, printAbove);
  const showCursor = (): void => void write(ansiEscapes.cursorShow);
  process.on('exit', showCursor);
  const tick = setInterval(() => redraw(), LONGEST_MS).unref();
  write(ansiEscapes.cursorHide);

  return {
    changed() {
      const wait = SHORTEST_MS - (performance.now() - drawnAt);
      if (wait <= 0) redraw();
      else waiting ??= setTimeout(redraw, wait).unref();
    },
    line: (text) => printAbove(`${text}\n`),
    stop() {
      clearInterval(tick);
      clearTimeout(waiting);
      release();
      process.off('exit', showCursor);
      write(`${erasure(sizeOf(terminal).columns)}${ansiEscapes.cursorShow}`);
      shown = [];
    },
  };
}

type Write = NodeJS.WriteStream['write'];

/** Sends the output of the process on its terminal through `print`, until the returned function is called. */
function throughDisplay(terminal: Terminal, print: (text: string) => void): () => void {
  if (terminal !== process.stdout) return () => undefined;
  const streams = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY);
  const restore = streams.map((stream) => {
    const { write } = stream;
    const through = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
      print(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      const done = rest.find((one): one is () => void => typeof one === 'function');
      if (done !== undefined) process.nextTick(done);
      return true;
    };
    stream.write = through as Write;
    return () => {
      stream.write = write;
    };
  });
  return () => {
    for (const one of restore) one();
  };
}
