import { spawnSync } from 'node:child_process';
import { LociError } from '@loci/core';

/** A program of Node.js to be timed. */
export interface TimedProgram {
  readonly name: string;
  /** What stands behind `node`. */
  readonly words: readonly string[];
}

/** How long a program took. */
export interface StartupTime {
  readonly name: string;
  /** Median of all its runs, from before its process is made to its end, in ms. */
  readonly median: number;
}

/** Runs `node <words>` to its end. @returns Milliseconds. @throws LociError `program-failed` with its error output. */
export function timeProgram({ name, words }: TimedProgram): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  const milliseconds = performance.now() - start;
  if (status === 0) return milliseconds;
  throw new LociError('program-failed', `${name} ended with exit code ${status}: ${stderr}`);
}

/**
 * Times programs in turn, each once a round, so that whatever else the machine does meets all of them alike.
 *
 * @param time Runs a program once; returns milliseconds.
 */
export function timeInTurn(
  programs: readonly TimedProgram[],
  rounds: number,
  time: (program: TimedProgram) => number = timeProgram,
): readonly StartupTime[] {
  const times = programs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, program] of programs.entries()) times[index]!.push(time(program));
  }
  return programs.map(({ name }, index) => ({ name, median: medianOf(times[index]!) }));
}

/** The middle value, or the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** One line a program, with what it takes beyond the first. */
export function startupText([base, ...others]: readonly [StartupTime, ...StartupTime[]]): string {
  const width = Math.max(...[base, ...others].map(({ name }) => name.length));
  const cells = ({ name, median }: StartupTime): string =>
    `${name.padEnd(width)}  ${median.toFixed(0).padStart(5)} ms`;
  return [
    cells(base),
    ...others.map((one) => `${cells(one)}  ${(one.median - base.median).toFixed(0)} ms more`),
  ].join('\n');
}
