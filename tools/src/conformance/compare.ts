/** Whether a value is what the reference got, within a tolerance. */
import { isNumberLike, toNumber } from './inputs.ts';

/** Allowed difference: `absolute + relative · |expected|`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** No difference is allowed. */
export const EXACT: Tolerance = { absolute: 0, relative: 0 };
/** For what the reference computes in double precision. */
export const FLOAT64: Tolerance = { absolute: 1e-12, relative: 1e-9 };
/** For what it computes in single precision. */
export const FLOAT32: Tolerance = { absolute: 1e-6, relative: 1e-6 };
/** For single-precision groups whose spread is near the rounding error. */
export const CANCELLED: Tolerance = { absolute: 1e-6, relative: 1e-3 };

/** Where and how two values differ, or `undefined` when they agree. Keys of objects may stand in any order. */
export function difference(
  actual: unknown,
  expected: unknown,
  tolerance: Tolerance,
  path = 'value',
): string | undefined {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return listDifference(actual, expected, tolerance, path);
  }
  if (typeof actual === 'bigint') {
    const same = isNumberLike(expected) && BigInt(expected) === actual;
    return same ? undefined : `${path} is ${actual}, not ${String(expected)}`;
  }
  if (typeof actual === 'number' && isNumberLike(expected)) {
    const wanted = toNumber(expected);
    const near =
      Math.abs(actual - wanted) <= tolerance.absolute + tolerance.relative * Math.abs(wanted);
    const same = near || Object.is(actual, wanted) || actual === wanted;
    return same ? undefined : `${path} is ${actual}, not ${wanted}`;
  }
  if (isRecord(actual) && isRecord(expected)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return keys
      .map((key) => difference(actual[key], expected[key], tolerance, `${path}.${key}`))
      .find((found) => found !== undefined);
  }
  return actual === expected ? undefined : `${path} is ${show(actual)}, not ${show(expected)}`;
}

function listDifference(
  actual: readonly unknown[],
  expected: readonly unknown[],
  tolerance: Tolerance,
  path: string,
): string | undefined {
  if (actual.length !== expected.length) {
    return `${path} has ${actual.length} items, not ${expected.length}`;
  }
  return actual
    .map((item, index) => difference(item, expected[index], tolerance, `${path}[${index}]`))
    .find((found) => found !== undefined);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as JSON, for a message. */
export function show(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? String(part) : part,
  );
}
