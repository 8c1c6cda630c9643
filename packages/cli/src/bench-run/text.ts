/** What a timed run says: steps a minute, the share of each phase, the passes of the evaluation, and memory. */
import { renderTable } from '../render/table.ts';
import { growthRows, memoryRows } from './memory-table.ts';
import type { MemoryFigures } from './memory-table.ts';
import type { RunTimes } from './shares.ts';

/** A timed run and its surroundings. */
export interface RunFigures {
  readonly times: RunTimes;
  /** Seconds that the report took. */
  readonly report: number;
  /** Steps and questions of a pass that the config asks for, which a shortened run has fewer of. */
  readonly whole: { readonly steps: number; readonly questions: number };
  /** Peak of resident memory by stage of the run, in MiB. */
  readonly peaks: ReadonlyMap<string, number>;
  /** Peak that the operating system counted, in MiB. */
  readonly peak: number;
  /** What held the memory at the end; absent where the engine tells nothing of it. */
  readonly held?: MemoryFigures;
}

/** How fast a run is. */
export interface RunRates {
  readonly stepsAMinute: number;
  readonly stepsAMinuteWithEvaluation: number;
  /** Seconds of the steps and questions that the config asks for, at the speed of those that were run. */
  readonly wholeSeconds: number;
}

/** Rates of a run. */
export function ratesOf({ times, report, whole }: RunFigures): RunRates {
  const { steps, training, passes, loading } = times;
  const evaluation = passes.reduce((sum, { seconds }) => sum + seconds, 0);
  const longer = (seconds: number, done: number, all: number) =>
    done === 0 ? 0 : (seconds * all) / done;
  const passesWhole = passes.reduce(
    (sum, { seconds, questions }) => sum + longer(seconds, questions, whole.questions),
    0,
  );
  return {
    stepsAMinute: longer(60, training, steps),
    stepsAMinuteWithEvaluation: longer(60, training + evaluation, steps),
    wholeSeconds: loading + longer(training, steps, whole.steps) + passesWhole + report,
  };
}

const MIB = 2 ** 20;

/** What holds the memory, and what it grew by. */
function memoryText(held: MemoryFigures): string {
  const lines = (rows: readonly (readonly [string, number])[]) =>
    rows.map(([what, bytes]) => [what, (bytes / MIB).toFixed(1)]);
  return [
    renderTable(
      ['memory at the end', 'MiB'],
      [...lines(memoryRows(held)), ['resident', (held.resident / MIB).toFixed(1)]],
    ),
    '',
    renderTable(['memory that requests of the engine added', 'MiB'], lines(growthRows(held.notes))),
  ].join('\n');
}

const seconds = (value: number) => value.toFixed(2);
const percent = (part: number, whole: number) =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;

/** The figures as text. */
export function figuresText(figures: RunFigures): string {
  const { times, report, whole, peaks, peak, held } = figures;
  const { steps, training, trainingBusy, phases, passes, loading, medianStep } = times;
  const rates = ratesOf(figures);
  const phaseRows = [...phases].map(([phase, value]) => [
    phase,
    seconds(value),
    (steps === 0 ? 0 : (1000 * value) / steps).toFixed(1),
    percent(value, training),
  ]);
  const passRows = passes.map(({ pass, questions, seconds: spent, busy }) => [
    pass,
    String(questions),
    seconds(spent),
    percent(busy, spent),
  ]);
  return [
    `${steps} steps in ${seconds(training)} s: ${rates.stepsAMinute.toFixed(1)} steps a minute, ${rates.stepsAMinuteWithEvaluation.toFixed(1)} with the evaluation; median step ${medianStep.toFixed(3)} s`,
    `the engine worked ${percent(trainingBusy, training)} of the training`,
    `loading ${seconds(loading)} s, report ${seconds(report)} s`,
    `${whole.steps} steps and ${passes.length} passes of ${whole.questions} questions at this speed: ${rates.wholeSeconds.toFixed(0)} s`,
    '',
    renderTable(['training', 's', 'ms a step', 'share'], phaseRows),
    '',
    renderTable(['evaluation', 'questions', 's', 'engine works'], passRows),
    '',
    renderTable(
      ['peak memory', 'MiB'],
      [...peaks, ['whole run', peak] as const].map(([stage, value]) => [stage, value.toFixed(0)]),
    ),
    ...(held ? ['', memoryText(held)] : []),
  ].join('\n');
}
