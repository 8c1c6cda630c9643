/** Values that maps are full of, made once and shared: small integers, and pairs of one digit each, which is what most points are. */
import type { PythonValue } from './value.ts';

const INTEGERS: readonly PythonValue[] = Array.from({ length: 100 }, (_, value) => ({
  kind: 'integer',
  value,
}));

const PAIRS: Readonly<Record<'list' | 'tuple', readonly PythonValue[]>> = {
  list: digitPairs('list'),
  tuple: digitPairs('tuple'),
};

function digitPairs(kind: 'list' | 'tuple'): readonly PythonValue[] {
  return Array.from({ length: 100 }, (_, pair) => ({
    kind,
    items: [INTEGERS[Math.floor(pair / 10)]!, INTEGERS[pair % 10]!],
  }));
}

/** An integer that a number holds exactly, not below 0. */
export function integerOf(value: number): PythonValue {
  return INTEGERS[value] ?? { kind: 'integer', value };
}

/** A list or tuple of two. */
export function pairOf(
  kind: 'list' | 'tuple',
  first: PythonValue,
  second: PythonValue,
): PythonValue {
  return PAIRS[kind][10 * digitOf(first) + digitOf(second)] ?? { kind, items: [first, second] };
}

/** NaN for anything but an integer of one digit. */
function digitOf(value: PythonValue): number {
  const isDigit = value.kind === 'integer' && value.value >= 0 && value.value < 10;
  return isDigit ? Number(value.value) : NaN;
}
