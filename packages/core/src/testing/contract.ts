/**
 * A contract is a list of named checks. It needs no particular test runner: Jest's and Vitest's globals are used where they are,
 * Node's own runner (`node --test`) elsewhere, or any that is handed in.
 */
import { createRequire } from 'node:module';
import * as nodeRunner from 'node:test';

/** One thing that every implementation must do; throws when it does not. */
export interface Check {
  readonly name: string;
  run(): Promise<void> | void;
  /** Why it is left out: the test is declared and skipped, with the reason in its name. */
  readonly leftOut?: string | undefined;
}

/** Declares a test. */
export type DeclareTest = (name: string, body: () => Promise<void> | void) => unknown;

/** What declares tests: `node:test` as a module is one, so are `@jest/globals` and `vitest`. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  readonly test: DeclareTest & { readonly skip: DeclareTest };
  /** Called after the last test of a block, as Jest and Vitest name it. */
  afterAll?(body: () => Promise<void> | void): unknown;
  /** The same, as Node names it. */
  after?(body: () => Promise<void> | void): unknown;
}

/** Vitest keeps its functions in a module unless a config makes them global; it sets a variable of the environment. */
const vitest =
  process.env['VITEST'] === undefined ? undefined : await importRunner('vitest', import.meta.url);

/** The runner whose globals are in scope, Vitest where it runs this file, or Node's. */
export function runnerInScope(): TestRunner {
  const scope = globalThis as unknown as Partial<TestRunner>;
  return scope.describe && scope.test ? (scope as TestRunner) : (vitest ?? nodeRunner);
}

/** @returns undefined where there is no such package: then Vitest only started the process that runs this one. */
async function importRunner(name: string, from: string): Promise<TestRunner | undefined> {
  try {
    createRequire(from).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
  return (await import(name)) as TestRunner;
}

/** Declares a block with one test a check. */
export function describeChecks(
  name: string,
  checks: readonly Check[],
  runner: TestRunner = runnerInScope(),
): void {
  runner.describe(name, () => {
    declareChecks(checks, runner);
  });
}

/** Declares one test a check, in the block that is open; one that was left out is skipped, with the reason in its name. */
export function declareChecks(checks: readonly Check[], runner: TestRunner): void {
  for (const check of checks) {
    const body = (): Promise<void> | void => check.run();
    // A plugin need not have what its interface calls optional; a check of that is shown as skipped, never as passed.
    if (check.leftOut === undefined) runner.test(check.name, body);
    else runner.test.skip(`${check.name} (left out: ${check.leftOut})`, body);
  }
}

/** Does something after the last test of the block that is open. */
export function afterLast(runner: TestRunner, body: () => Promise<void>): void {
  (runner.afterAll ?? runner.after)?.(body);
}
