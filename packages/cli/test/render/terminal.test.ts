import { expect, test } from '@jest/globals';
import { sizeOf, tableWidth } from '../../src/render/terminal.ts';
import type { Terminal } from '../../src/render/terminal.ts';

test.each([
  [120, 40, { columns: 120, rows: 40 }],
  // As Node says it of a pseudo-terminal that nobody gave a size.
  [0, 0, { columns: 80, rows: 24 }],
  [100, 0, { columns: 100, rows: 24 }],
  [undefined, undefined, { columns: 80, rows: 24 }],
])('%s columns and %s rows', (columns, rows, size) => {
  const terminal = { isTTY: true, columns, rows } as unknown as Terminal;
  expect(sizeOf(terminal, {})).toEqual(size);
  expect(tableWidth(terminal)).toBe(size.columns);
});
