/** Collects checks and prints one line each. */
import { messageOf } from '@loci/core';

/** A comparison with the reference. */
export interface Check {
  readonly name: string;
  /** Largest error found; for exact checks, the number of differences. */
  readonly worst: number;
  readonly tolerance: number;
  readonly passed: boolean;
  /** Why a check could not be made. */
  readonly problem?: string;
}

/** A running list of checks. */
export class Report {
  readonly checks: Check[] = [];
  readonly notes: string[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Adds a check that passes when the error is within the tolerance. */
  add(name: string, worst: number, tolerance: number): void {
    this.#keep({ name, worst, tolerance, passed: worst <= tolerance });
  }

  /** Runs a part of the checks; when it throws, that is a failed check with the message. */
  async part(name: string, run: () => Promise<void> | void): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#keep({ name, worst: NaN, tolerance: 0, passed: false, problem: messageOf(error) });
    }
  }

  /** Notes that something in the folder is not checked; it does not count. */
  notCovered(what: string): void {
    this.notes.push(what);
    this.#print(`----  ${what}: not covered yet`);
  }

  /** Notes that the folder lacks something that such folders may have; it does not count. */
  absent(what: string): void {
    if (this.notes.includes(what)) return;
    this.notes.push(what);
    this.#print(`----  ${what}: not in this folder`);
  }

  /** Prints the total. */
  finish(): { readonly passed: number; readonly total: number } {
    const passed = this.checks.filter((check) => check.passed).length;
    const total = this.checks.length;
    this.#print(`passed ${passed}/${total}`);
    return { passed, total };
  }

  #keep(check: Check): void {
    this.checks.push(check);
    const { name, worst, tolerance, passed, problem } = check;
    const figures = problem ?? `worst ${shown(worst)}, tolerance ${shown(tolerance)}`;
    this.#print(`${passed ? 'ok  ' : 'FAIL'}  ${name}: ${figures}`);
  }
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toExponential(2);
}

/** Largest absolute difference of two arrays; infinite when they differ in length or hold NaN. */
export function worstDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let worst = 0;
  for (let index = 0; index < found.length; index++) {
    const difference = Math.abs(found[index]! - expected[index]!);
    if (Number.isNaN(difference)) return Infinity;
    worst = Math.max(worst, difference);
  }
  return worst;
}

/** How many places differ; infinite when the lengths do. */
export function differences(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let count = 0;
  for (let index = 0; index < found.length; index++) {
    if (found[index] !== expected[index]) count++;
  }
  return count;
}

/** An error as a share of the expected magnitude; without any error 0, even where nothing was expected. */
export function relativeError(error: number, expected: number): number {
  return error === 0 ? 0 : error / expected;
}
