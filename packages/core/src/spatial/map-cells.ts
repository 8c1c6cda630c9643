/** Turning what a model wrote for points into cells: numbers in any notation, truncated toward zero, exact however large. */
import { asciiDigits, pythonFloat, pythonStrip } from './python-text.ts';
import type { PythonValue } from './python-value.ts';

/** A cell as it was written: integers of any size. */
export type ExactCell = readonly [x: bigint, y: bigint];

/** A coordinate without bounds, such as `1e999`. */
export class InfiniteCoordinate extends Error {
  constructor() {
    super('a coordinate is infinite');
  }
}

const DECIMAL = /-?\d+(?:\.\d+)?/g;
const OPENING = '<[(';
const CLOSING = '>])';

/** The decimal numbers of a text, an optional minus before each, truncated: `"1-2.9"` gives 1 and −2. */
export function decimalsIn(text: string): readonly bigint[] {
  return Array.from(asciiDigits(text).matchAll(DECIMAL), ([number]) => truncatedDecimal(number));
}

/**
 * A decimal number in ASCII digits, truncated toward zero.
 *
 * @throws InfiniteCoordinate beyond the range of a double.
 */
export function truncatedDecimal(number: string): bigint {
  return truncated(Number(number))!;
}

/** Numbers taken two at a time; one left over is dropped. */
export function pairsOf(numbers: readonly bigint[]): readonly ExactCell[] {
  return Array.from({ length: Math.floor(numbers.length / 2) }, (_, pair) => [
    numbers[2 * pair]!,
    numbers[2 * pair + 1]!,
  ]);
}

/**
 * The cells of one dictionary entry: a list holds one point an item, anything else is one point. What is no point is left out.
 *
 * @throws InfiniteCoordinate
 */
export function cellsOf(value: PythonValue): readonly ExactCell[] {
  const points = value.kind === 'list' ? value.items : [value];
  return points.flatMap((point) => {
    const cell = cellOf(point);
    return cell ? [cell] : [];
  });
}

/** `[1, 2]`, `(1, 2)`, `[[1, 2]]` and `"1, 2"` are points. */
function cellOf(value: PythonValue): ExactCell | undefined {
  if (value.kind === 'string') {
    const numbers = firstTwoDecimals(value.value);
    return numbers.length === 2 ? pairsOf(numbers)[0] : undefined;
  }
  if (value.kind !== 'list' && value.kind !== 'tuple') return undefined;
  const [first, second] = value.items;
  if (value.items.length === 1 && (first!.kind === 'list' || first!.kind === 'tuple')) {
    return first!.items.length === 2 ? pairOf(first!.items[0]!, first!.items[1]!) : undefined;
  }
  return value.items.length === 2 ? pairOf(first!, second!) : undefined;
}

function pairOf(first: PythonValue, second: PythonValue): ExactCell | undefined {
  const x = coordinateOf(first);
  const y = x === undefined ? undefined : coordinateOf(second);
  return x === undefined || y === undefined ? undefined : [x, y];
}

function coordinateOf(value: PythonValue): bigint | undefined {
  switch (value.kind) {
    case 'integer':
      return value.value;
    case 'float':
      return truncated(value.value);
    case 'constant':
      if (value.value === 'True') return 1n;
      return value.value === 'False' ? 0n : undefined;
    case 'string': {
      const number = pythonFloat(withoutBrackets(value.value));
      return number === undefined ? undefined : truncated(number);
    }
    default:
      return undefined;
  }
}

function firstTwoDecimals(text: string): readonly bigint[] {
  const numbers: bigint[] = [];
  for (const [number] of asciiDigits(text).matchAll(DECIMAL)) {
    if (numbers.push(truncatedDecimal(number)) === 2) break;
  }
  return numbers;
}

function withoutBrackets(text: string): string {
  const stripped = pythonStrip(text);
  let start = 0;
  let end = stripped.length;
  while (start < end && OPENING.includes(stripped[start]!)) start++;
  while (end > start && CLOSING.includes(stripped[end - 1]!)) end--;
  return stripped.slice(start, end);
}

/** Toward zero; nothing for NaN. */
function truncated(value: number): bigint | undefined {
  if (Number.isNaN(value)) return undefined;
  if (!Number.isFinite(value)) throw new InfiniteCoordinate();
  return BigInt(Math.trunc(value));
}
