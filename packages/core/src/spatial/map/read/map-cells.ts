/** Turning what a model wrote for points into cells: numbers in any notation, truncated toward zero, exact however large. */
import { InfiniteCoordinate, decimalsIn, numberPair } from './map-numbers.ts';
import { asciiDigits, pythonFloat, pythonStrip } from '../../../python/text.ts';
import type { PythonValue } from '../../../python/value.ts';

/** An integer: a number, which beyond 2^53 is a truncated fraction, or a longer one as it was written. */
export type Coordinate = number | bigint;

/** A cell as it was written. */
export type WrittenCell = readonly [x: Coordinate, y: Coordinate];

const OPENING = '<[(';
const CLOSING = '>])';

/** Numbers taken two at a time; one left over is dropped. */
export function pairsOf(numbers: readonly number[]): WrittenCell[] {
  const pairs: WrittenCell[] = [];
  for (let at = 0; at + 1 < numbers.length; at += 2)
    pairs.push(numberPair(numbers[at]!, numbers[at + 1]!));
  return pairs;
}

/**
 * The cells of one dictionary entry: a list holds one point an item, anything else is one point. Other items are left out.
 *
 * @throws InfiniteCoordinate
 */
export function cellsOf(value: PythonValue): WrittenCell[] {
  const cells: WrittenCell[] = [];
  for (const point of value.kind === 'list' ? value.items : [value]) {
    const cell = cellOf(point);
    if (cell) cells.push(cell);
  }
  return cells;
}

/** Adds cells, which then belong to the map, to those of a name; a name without cells stays absent. */
export function appendCells(
  map: Map<string, WrittenCell[]>,
  name: string,
  cells: WrittenCell[],
): void {
  if (cells.length === 0) return;
  const known = map.get(name);
  if (known) for (const cell of cells) known.push(cell);
  else map.set(name, cells);
}

/** `[1, 2]`, `(1, 2)`, `[[1, 2]]` and `"1, 2"` are points. */
function cellOf(value: PythonValue): WrittenCell | undefined {
  if (value.kind === 'string') {
    const numbers = decimalsIn(asciiDigits(value.value), 2);
    return numbers.length === 2 ? pairsOf(numbers)[0] : undefined;
  }
  if (value.kind !== 'list' && value.kind !== 'tuple') return undefined;
  const first = value.items[0];
  const second = value.items[1];
  if (value.items.length === 1 && (first!.kind === 'list' || first!.kind === 'tuple')) {
    return first!.items.length === 2 ? pairOf(first!.items[0]!, first!.items[1]!) : undefined;
  }
  return value.items.length === 2 ? pairOf(first!, second!) : undefined;
}

function pairOf(first: PythonValue, second: PythonValue): WrittenCell | undefined {
  const x = coordinateOf(first);
  const y = x === undefined ? undefined : coordinateOf(second);
  return x === undefined || y === undefined ? undefined : cellAt(x, y);
}

function cellAt(x: Coordinate, y: Coordinate): WrittenCell {
  return typeof x === 'number' && typeof y === 'number' ? numberPair(x, y) : [x, y];
}

function coordinateOf(value: PythonValue): Coordinate | undefined {
  switch (value.kind) {
    case 'integer':
      return value.value;
    case 'float':
      return truncated(value.value);
    case 'constant':
      if (value.value === 'True') return 1;
      return value.value === 'False' ? 0 : undefined;
    case 'string': {
      const number = pythonFloat(withoutBrackets(value.value));
      return number === undefined ? undefined : truncated(number);
    }
    default:
      return undefined;
  }
}

function withoutBrackets(text: string): string {
  const stripped = pythonStrip(text);
  let start = 0;
  let end = stripped.length;
  while (start < end && OPENING.includes(stripped[start]!)) start++;
  while (end > start && CLOSING.includes(stripped[end - 1]!)) end--;
  return stripped.slice(start, end);
}

/** Toward zero, which has no sign; nothing for NaN. */
function truncated(value: number): number | undefined {
  if (Number.isNaN(value)) return undefined;
  if (!Number.isFinite(value)) throw new InfiniteCoordinate();
  return Math.trunc(value) + 0;
}
