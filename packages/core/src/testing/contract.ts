/** A contract is a list of named checks; it needs no particular test runner, only `describe` and `test` in scope. */

/** One thing that every implementation must do; throws when it does not. */
export interface Check {
  readonly name: string;
  run(): Promise<void> | void;
}

interface TestGlobals {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void> | void): void;
}

/** Declares one test a check. */
export function describeChecks(name: string, checks: readonly Check[]): void {
  const { describe, test } = globalThis as unknown as TestGlobals;
  describe(name, () => {
    for (const check of checks) test(check.name, () => check.run());
  });
}
