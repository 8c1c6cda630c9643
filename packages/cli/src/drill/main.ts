/**
 * `nx run cli:drill`: what `docs/reliability.md` promises, tried on this machine. Trainings and evaluations are killed at random moments
 * and resumed, servers misbehave, requests are hostile, files cannot grow, and two writers meet. It prints its seed, which repeats it.
 */
import 'reflect-metadata';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LociError, deriveSeed, randomStream } from '@loci/core';
import { errorText } from '../render/error-text.ts';
import { fullDisk, twoWriters } from './disturb-training.ts';
import type { Drill, Findings } from './drill.ts';
import { hostileRequests } from './hostile-requests.ts';
import { killEvaluation } from './kill-evaluation.ts';
import { killTraining } from './kill-training.ts';

/** What is drilled, in order, and how many rounds of it take some minutes together. */
const PARTS = {
  training: { drill: killTraining, rounds: 2 },
  writers: { drill: twoWriters, rounds: 1 },
  disk: { drill: fullDisk, rounds: 2 },
  evaluation: { drill: killEvaluation, rounds: 2 },
  requests: { drill: hostileRequests, rounds: 500 },
} as const satisfies Readonly<
  Record<string, { readonly drill: (drill: Drill) => Promise<Findings>; readonly rounds: number }>
>;
type PartName = keyof typeof PARTS;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    /** Of all parts together; parts are drilled again and again until they are over. */
    minutes: { type: 'string' },
    parts: { type: 'string', default: Object.keys(PARTS).join(',') },
  },
});

function wholeNumber(flag: string, text: string): number {
  if (/^\d+$/u.test(text)) return Number(text);
  throw new LociError('flag-invalid', `--${flag} ${text}: it must be a whole number`);
}

function chosenParts(): readonly PartName[] {
  const names = values.parts.split(',');
  const unknown = names.find((name) => !(name in PARTS));
  if (unknown === undefined) return names as readonly PartName[];
  throw new LociError(
    'flag-invalid',
    `--parts ${unknown}: there are ${Object.keys(PARTS).join(', ')}`,
  );
}

async function drillOne(name: PartName, seed: number): Promise<boolean> {
  const place = mkdtempSync(join(tmpdir(), `loci-drill-${name}-`));
  mkdirSync(place, { recursive: true });
  const begun = performance.now();
  const { drill, rounds } = PARTS[name];
  const random = randomStream(deriveSeed(seed, name));
  const { figures, faults } = await drill({ place, random, rounds, say });
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  say(`${faults.length === 0 ? 'held' : 'FAILED'}  ${name}: ${figures.join('; ')} (${seconds} s)`);
  for (const fault of faults) say(`  ${fault}`);
  if (faults.length === 0) rmSync(place, { recursive: true });
  else say(`  its files are in ${place}`);
  return faults.length === 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const parts = chosenParts();
  const first = values.seed === undefined ? Date.now() % 1e9 : wholeNumber('seed', values.seed);
  const until = Date.now() + 60_000 * wholeNumber('minutes', values.minutes ?? '0');
  for (let seed = first; ; seed++) {
    say(`seed ${seed}: nx run cli:drill -- --seed ${seed} repeats it`);
    let held = true;
    for (const part of parts) held = (await drillOne(part, seed)) && held;
    if (!held) process.exitCode = 1;
    if (!held || Date.now() >= until) return;
  }
}

await main().catch((thrown: unknown) => {
  process.stderr.write(`${errorText(thrown)}\n`);
  process.exitCode = 1;
});
