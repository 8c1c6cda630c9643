/** Compares versions of Python packages with ranges. */

/** Conditions that must all hold: `>=5.5.3 <5.11`. */
export type VersionRange = string;

/**
 * Whether a version lies in a range. A suffix after the numbers (`rc1`, `.dev0`, `+cu128`) is ignored.
 *
 * @example isWithin('0.18.2', '>=0.18') // true
 */
export function isWithin(version: string, range: VersionRange): boolean {
  return range.split(' ').every((condition) => {
    const [, sign, bound] = /^(>=|<|==)(\S+)$/u.exec(condition) ?? [];
    if (bound === undefined) throw new Error(`${condition} is not a condition on a version`);
    const order = compare(numbersOf(version), numbersOf(bound));
    if (sign === '==') return numbersOf(bound).every((part, at) => numbersOf(version)[at] === part);
    return sign === '<' ? order < 0 : order >= 0;
  });
}

function numbersOf(version: string): readonly number[] {
  const [release = ''] = /^\d+(?:\.\d+)*/u.exec(version) ?? [];
  return release.split('.').map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
