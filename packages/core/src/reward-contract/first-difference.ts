import { isMap } from 'node:util/types';

/**
 * The path of the first place in which two values of plain data differ, `undefined` when they are equal. Maps are compared by
 * key; numbers as `Object.is` does, so that NaN equals itself.
 *
 * @example firstDifference({ a: [1, 2] }, { a: [1, 3] }) // 'a.1'
 */
export function firstDifference(one: unknown, other: unknown): string | undefined {
  if (Object.is(one, other)) return undefined;
  if (!isComposite(one) || !isComposite(other)) return '';
  const [left, right] = [entriesOf(one), entriesOf(other)];
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    if (left.has(key) !== right.has(key)) return key;
    const below = firstDifference(left.get(key), right.get(key));
    if (below !== undefined) return below === '' ? key : `${key}.${below}`;
  }
  return undefined;
}

function isComposite(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function entriesOf(value: object): ReadonlyMap<string, unknown> {
  const entries: readonly (readonly [unknown, unknown])[] = isMap(value)
    ? [...value]
    : Object.entries(value);
  return new Map(entries.map(([key, entry]) => [String(key), entry]));
}
