/** Runs drills one after another: a folder for each round, a ledger for each drill, and what is broken at the end. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deriveSeed, messageOf, randomStream } from '@loci/core';
import { startCommand } from './base/command.ts';
import type { CommandOptions } from './base/command.ts';
import { Ledger } from './base/ledger.ts';
import { budgetOf } from './base/rounds.ts';
import type { Budget, DrillLength } from './base/rounds.ts';
import { makeWorkplace } from './base/workplace.ts';
import type { Drill, DrillContext, Findings } from './base/drill.ts';

/** How drills are run. */
export interface DrillSettings {
  readonly drills: readonly Drill[];
  readonly length: DrillLength;
  readonly seed: number;
  /** The entry of the command line that is put to the test. */
  readonly main: string;
  /** An empty folder for everything that is written. */
  readonly folder: string;
  /** Whether rounds in which something broke keep their files. */
  readonly keep: boolean;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

/** The findings of one drill, and how long it took. */
export interface DrillResult extends Findings {
  readonly drill: string;
  readonly title: string;
  readonly seconds: number;
}

const MINUTE_MS = 60_000;

/** Runs the drills of `settings`; each ends before the next begins, so that they do not disturb each other's times. */
export async function runDrills(settings: DrillSettings): Promise<readonly DrillResult[]> {
  const { drills, length, folder, main, say } = settings;
  const endMs =
    'minutes' in length ? performance.now() + length.minutes * MINUTE_MS : Number.POSITIVE_INFINITY;
  const loci = (directory: string, words: readonly string[], options?: CommandOptions) =>
    startCommand(directory, [process.execPath, main, ...words], options);
  const workplace = makeWorkplace(join(folder, 'workplace'), loci);
  const results: DrillResult[] = [];
  for (const [index, drill] of drills.entries()) {
    say(`${drill.name}: ${drill.title}`);
    const budget = budgetOf(length, drills.length - index, endMs);
    const ledger = new Ledger();
    const start = performance.now();
    const context: DrillContext = {
      loci,
      workplace,
      ...booksOf(ledger, drill, say),
      eachRound: (work) => doRounds(settings, drill, { budget, ledger }, work),
    };
    try {
      await drill.run(context);
    } catch (thrown) {
      context.expect(ENDS, messageOf(thrown));
    }
    const seconds = Math.round((performance.now() - start) / 1000);
    results.push({ drill: drill.name, title: drill.title, seconds, ...ledger.findings() });
  }
  return results;
}

/** Promised by every drill: it can be done. */
const ENDS = 'a drill comes to its end';

/** The parts of a context that write into the ledger, and print a line for each broken promise. */
function booksOf(ledger: Ledger, { name }: Drill, say: (line: string) => void) {
  return {
    count: (what: string, amount?: number) => ledger.count(what, amount),
    most: (what: string, value: number) => ledger.most(what, value),
    expect(promise: string, found: string | undefined): void {
      if (!ledger.expect(promise, found)) say(`${name}: BROKEN: ${promise}: ${found}`);
    },
    // A part that this machine cannot try is printed at once and listed in the table; it never counts as held.
    skip(reason: string): void {
      if (ledger.skip(reason)) say(`${name}: skipped: ${reason}`);
    },
    say: (line: string) => say(`${name}: ${line}`),
  };
}

async function doRounds(
  { seed, folder, keep, say }: DrillSettings,
  { name }: Drill,
  { budget, ledger }: { readonly budget: Budget; readonly ledger: Ledger },
  work: Parameters<DrillContext['eachRound']>[0],
): Promise<void> {
  for (let done = 0; budget.allows(done); done++) {
    const number = done + 1;
    const place = join(folder, name, `round-${number}`);
    mkdirSync(place, { recursive: true });
    const before = ledger.broken;
    ledger.begin(number, keep ? place : undefined);
    try {
      const random = randomStream(deriveSeed(seed, name, number));
      await work({ number, random, folder: place });
    } catch (thrown) {
      ledger.expect(ENDS, messageOf(thrown));
      say(`${name}: BROKEN: ${ENDS}: ${messageOf(thrown)}`);
    }
    ledger.end();
    const isKept = keep && ledger.broken > before;
    if (!isKept) rmSync(place, { recursive: true, force: true });
    say(`${name}: round ${number} ${ledger.broken > before ? 'BROKE a promise' : 'is over'}`);
  }
  if (readdirSync(join(folder, name)).length === 0) rmSync(join(folder, name), { recursive: true });
}
