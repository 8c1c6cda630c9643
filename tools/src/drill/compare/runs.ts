/** Compares a run that was disturbed with one that was not: everything but times must be equal. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifferentLine } from './lines.ts';

/** Metrics that tell times. */
const TIMES = /^(?:seconds|speed)\//;

/** Promises about a run, each with what breaks it; undefined where it holds. */
export type Comparison = Readonly<Record<string, string | undefined>>;

/** Looks at every file of a run whose content a resumption must not change. */
export function compareRuns(run: string, whole: string): Comparison {
  if (!existsSync(join(run, 'metrics.jsonl'))) {
    return { 'a resumed run comes to its end': `${run} has no metrics.jsonl` };
  }
  return {
    'a resumed run logs the metrics of an uninterrupted one, times aside, and each once':
      compareMetrics(join(run, 'metrics.jsonl'), join(whole, 'metrics.jsonl')),
    'a resumed run has the rollouts of an uninterrupted one, and each once': firstDifferentLine(
      textOf(join(run, 'rollouts.jsonl')),
      textOf(join(whole, 'rollouts.jsonl')),
    ),
    'a resumed run evaluates as an uninterrupted one': compareFolders(
      join(run, 'evaluations'),
      join(whole, 'evaluations'),
    ),
    'a resumed run ends with the checkpoints of an uninterrupted one, byte by byte': compareFolders(
      join(run, 'checkpoints'),
      join(whole, 'checkpoints'),
    ),
    'a resumed run writes each TensorBoard event once': compareEvents(
      join(run, 'tensorboard'),
      join(whole, 'tensorboard'),
    ),
    'a finished run has its report': existsSync(join(run, 'report.html'))
      ? undefined
      : 'there is no report.html',
  };
}

/**
 * The first metric that differs, as in `step 4: loss/total is 0.5 and was 0.6`.
 *
 * @param path of the run's `metrics.jsonl`. @param wholePath of the other's.
 */
export function compareMetrics(path: string, wholePath: string): string | undefined {
  const [now, before] = [recordsOf(path), recordsOf(wholePath)];
  for (let index = 0; index < Math.max(now.length, before.length); index++) {
    const [record, expected] = [now[index], before[index]];
    if (record === undefined) return `the record of step ${expected?.['step']} is missing`;
    if (expected === undefined) return `there is a further record of step ${record['step']}`;
    const names = new Set([...Object.keys(record), ...Object.keys(expected)]);
    for (const name of names) {
      if (TIMES.test(name) || record[name] === expected[name]) continue;
      return `step ${expected['step']}: ${name} is ${record[name]} and was ${expected[name]}`;
    }
  }
  return undefined;
}

function recordsOf(path: string): readonly Readonly<Record<string, number>>[] {
  return textOf(path)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, number>>);
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Files below a folder, by their path from it. */
function filesOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

function compareFolders(folder: string, whole: string): string | undefined {
  const [now, before] = [filesOf(folder), filesOf(whole)];
  const odd = [
    ...now.filter((name) => !before.includes(name)).map((name) => `${name} is too many`),
    ...before.filter((name) => !now.includes(name)).map((name) => `${name} is missing`),
  ];
  if (odd[0] !== undefined) return odd[0];
  const different = now.find((name) => digest(join(folder, name)) !== digest(join(whole, name)));
  return different === undefined ? undefined : `${different} has another content`;
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Place in the file of the event that holds config, command and folders; the first one holds the version. */
const HEAD = 1;

/** Compares the events of TensorBoard by their sizes: each carries the time at which it was written, in a fixed number of bytes. */
function compareEvents(folder: string, whole: string): string | undefined {
  const [now, before] = [folder, whole].map((of) => filesOf(of).map((name) => join(of, name)));
  if (now!.length !== before!.length) {
    return `there are ${now!.length} files, and ${before!.length} in the uninterrupted run`;
  }
  for (const [place, path] of now!.entries()) {
    const [sizes, expected] = [eventSizes(path), eventSizes(before![place]!)];
    if (sizes.length !== expected.length) {
      return `it has ${sizes.length} events, and ${expected.length} in the uninterrupted run`;
    }
    const odd = sizes.findIndex((size, event) => event !== HEAD && size !== expected[event]);
    if (odd !== -1) return `event ${odd} has ${sizes[odd]} bytes, and ${expected[odd]} there`;
  }
  return undefined;
}

/** The size of each event of a TFRecord file, whose frame adds a length of 8 bytes, and two checksums of 4. */
function eventSizes(path: string): readonly number[] {
  const file = readFileSync(path);
  const sizes: number[] = [];
  for (let at = 0; at + 16 <= file.length; at += sizes.at(-1)! + 16) {
    sizes.push(Number(file.readBigUInt64LE(at)));
  }
  return sizes;
}
