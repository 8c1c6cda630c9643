/** A terminal for tests: follows the few control sequences that the display uses, and tells what a person would see. */
import { Writable } from 'node:stream';
import type { Terminal } from '../../src/render/terminal.ts';

/** A terminal of a size, and what stands on it. */
export interface Screen {
  readonly terminal: Terminal;
  /** Lines from the first that was ever written, without white space at their ends. */
  lines(): readonly string[];
  /** Everything written, control sequences included. */
  written(): string;
  /** Gives it another width; lines that no longer fit are broken, as terminals do. */
  narrow(columns: number): void;
}

const SEQUENCE = /\u001b\[(\??)(\d*)([A-Za-z])/y;

/** Makes a screen that takes control sequences. */
export function openScreen(columns: number, rows = 24): Screen {
  let written = '';
  let width = columns;
  let cells: string[][] = [[]];
  let [row, column] = [0, 0];
  const put = (text: string): void => {
    for (let at = 0; at < text.length;) {
      SEQUENCE.lastIndex = at;
      const found = SEQUENCE.exec(text);
      if (found !== null) {
        const count = Number(found[2] === '' ? 1 : found[2]);
        if (found[1] === '' && found[3] === 'A') row = Math.max(0, row - count);
        if (found[1] === '' && found[3] === 'G') column = count - 1;
        if (found[1] === '' && found[3] === 'K') cells[row] = [];
        at = SEQUENCE.lastIndex;
        continue;
      }
      const sign = text[at]!;
      at++;
      if (sign === '\n') [row, column] = [row + 1, 0];
      else {
        if (column >= width) [row, column] = [row + 1, 0];
        (cells[row] ??= [])[column++] = sign;
      }
      cells[row] ??= [];
    }
  };
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      put(chunk.toString());
      done();
    },
  });
  const terminal = Object.defineProperties(stream, {
    isTTY: { value: true },
    columns: { get: () => width },
    rows: { value: rows },
  });
  return {
    terminal,
    lines: () =>
      cells.map((line) =>
        Array.from(line, (sign) => sign ?? ' ')
          .join('')
          .trimEnd(),
      ),
    written: () => written,
    narrow(next) {
      const broken = cells.map((line) => {
        const count = Math.max(1, Math.ceil(line.length / next));
        return Array.from({ length: count }, (_, at) => line.slice(at * next, (at + 1) * next));
      });
      row = broken.slice(0, row).flat().length;
      cells = broken.flat();
      width = next;
    },
  };
}
