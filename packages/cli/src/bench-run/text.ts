/** Formats a timed run: steps per minute, the share of each phase, the evaluation by condition, and memory. */
import { renderTable } from '../render/table.ts';
import { growthRows, memoryRows } from './memory-table.ts';
import type { MemoryFigures } from './memory-table.ts';
import type { RunTimes } from './shares.ts';

/** A timed run and its surroundings. */
export interface RunFigures {
  readonly times: RunTimes;
  /** Seconds to write the report. */
  readonly report: number;
  /** Steps, and questions of a condition, in the config; a shortened run has fewer. */
  readonly whole: { readonly steps: number; readonly questions: number };
  /** Peak of resident memory by stage of the run, in MiB. */
  readonly peaks: ReadonlyMap<string, number>;
  /** Peak that the operating system counted, in MiB. */
  readonly peak: number;
  /** Memory at the end by its parts; absent where the engine does not report it. */
  readonly held?: MemoryFigures;
}

/** Rates of a run. */
export interface RunRates {
  readonly stepsAMinute: number;
  readonly stepsAMinuteWithEvaluation: number;
  /** Seconds for all steps and questions of the config, at the measured speed. */
  readonly wholeSeconds: number;
}

/** Computes the rates of a run. */
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

/** The memory by its parts, and its growth. */
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
