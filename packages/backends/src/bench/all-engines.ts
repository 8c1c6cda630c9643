/**
 * Times every engine that starts here, each in a process of its own and in turn, so that all of them meet the same hours of the
 * machine. An engine that does not start is skipped, with its reason.
 */
import { execFile } from 'node:child_process';
import { TFJS_ENGINES } from '../tfjs/start/backend.ts';

/** The report that a run of the benchmark prints for an engine. */
export interface BenchReport {
  readonly engine: 'onnx' | 'tfjs';
  /** The engine's own description of its library and device. */
  readonly description: string;
  readonly shape: string;
  readonly vl: boolean;
  readonly stepSeconds: number;
  readonly generationSeconds: number;
  readonly restSeconds: number;
  readonly tokensPerSecond: number;
  readonly referenceSeconds: number;
  readonly gradientSeconds: number;
  readonly updateSeconds: number;
}

/** An engine that does not start here. */
export interface SkippedEngine {
  readonly engine: string;
  readonly skipped: string;
}

const ENGINES: readonly (readonly string[])[] = [
  ['--engine', 'onnx'],
  ...TFJS_ENGINES.map((backend) => ['--engine', 'tfjs', '--backend', backend]),
];

/** Runs the benchmark in a process of its own; its last line is the report. */
export function runBench(
  script: string,
  flags: readonly string[],
): Promise<BenchReport | SkippedEngine> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...flags], (error, stdout, stderr) => {
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      if (last.startsWith('{')) resolve(JSON.parse(last) as BenchReport | SkippedEngine);
      else {
        const lastLine = (stderr.trim() || String(error)).split('\n').at(-1)!;
        resolve({ engine: flags.join(' '), skipped: `it ended without figures: ${lastLine}` });
      }
    });
  });
}

/** The flags that choose the engines and the turns; the run of a single engine does not get them. */
const OWN_FLAGS = new Set([
  ...['engine', 'provider', 'backend', 'turns'],
  ...['peers', 'peer-scripts', 'ragged', 'prompts', 'chunk', 'sweep', 'out'],
]);

/** The flags that a benchmark of all engines passes to the run of each. */
export function flagsHandedOn(
  values: Readonly<Record<string, string | boolean | undefined>>,
): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (OWN_FLAGS.has(name) || value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, value];
  });
}

/** The middle one; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Medians over the turns, one line for each engine, with the ratio to the ONNX engine's step. */
export function summaryOf(reports: readonly BenchReport[]): string[] {
  const names = [...new Set(reports.map(({ description }) => description))];
  const stepOf = (own: readonly BenchReport[]) => median(own.map((report) => report.stepSeconds));
  const onnx = reports.filter(({ engine }) => engine === 'onnx');
  return names.map((name) => {
    const own = reports.filter(({ description }) => description === name);
    const of = (part: 'stepSeconds' | 'generationSeconds' | 'restSeconds') =>
      median(own.map((report) => report[part])).toFixed(3);
    const ratio = onnx.length > 0 ? `, ${(stepOf(own) / stepOf(onnx)).toFixed(2)} of onnx` : '';
    return `${of('stepSeconds')} s a step (${of('generationSeconds')} generation, ${of('restSeconds')} rest)${ratio}: ${name}`;
  });
}

/**
 * Times all engines, turn after turn, and prints each report as it comes, then the medians.
 *
 * @param script that times one engine.
 * @param flags passed to it.
 */
export async function benchAll(
  script: string,
  flags: readonly string[],
  turns: number,
): Promise<void> {
  const reports: BenchReport[] = [];
  const skipped = new Set<readonly string[]>();
  for (let turn = 0; turn < turns; turn++) {
    for (const engine of ENGINES.filter((each) => !skipped.has(each))) {
      const report = await runBench(script, [...engine, ...flags]);
      console.log(JSON.stringify(report));
      if ('skipped' in report) skipped.add(engine);
      else reports.push(report);
    }
  }
  for (const line of summaryOf(reports)) console.log(line);
}
