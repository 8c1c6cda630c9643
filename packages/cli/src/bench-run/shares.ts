/** Computes the time of a run by phase from its moments. */
import type { Moment } from './moments.ts';

/** Times of the evaluation under one condition. */
export interface PassTimes {
  readonly pass: string;
  readonly questions: number;
  readonly seconds: number;
  /** Seconds that the engine worked of these. */
  readonly busy: number;
}

/** Times of a run, in seconds. */
export interface RunTimes {
  /** Loading of config, data and model, before the run started. */
  readonly loading: number;
  readonly steps: number;
  /** From the first step to the end, without evaluation. */
  readonly training: number;
  /** Seconds that the engine worked of `training`. */
  readonly trainingBusy: number;
  /** `training` by phase. */
  readonly phases: ReadonlyMap<string, number>;
  /** Median of the steps from start to end. */
  readonly medianStep: number;
  readonly passes: readonly PassTimes[];
}

/** Figures that are not phases of a step. */
const BESIDE = new Set(['step', 'data-read']);

/** Names of times that no event describes further. */
export const UNNAMED = {
  rest: 'rest of the step (rollout log, advantages)',
  sinks: 'metrics and sinks',
  checkpoint: 'checkpoint',
  between: 'between steps',
} as const;

/** Adds to a phase. */
function add(phases: Map<string, number>, phase: string, seconds: number): void {
  phases.set(phase, (phases.get(phase) ?? 0) + seconds);
}

/** Adds a step's time by phase: the phases that it measured, and the rest. */
function addStep(phases: Map<string, number>, { seconds = {} }: Moment, elapsed: number): void {
  const named = Object.entries(seconds).filter(([phase]) => !BESIDE.has(phase));
  for (const [phase, value] of named) add(phases, phase, value);
  const step = seconds['step'] ?? elapsed;
  add(phases, UNNAMED.rest, step - named.reduce((sum, [, value]) => sum + value, 0));
  add(phases, UNNAMED.sinks, elapsed - step);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Computes the times. The first moment must be `begin`; every time between two moments counts exactly once. */
export function runTimes(moments: readonly Moment[]): RunTimes {
  const phases = new Map<string, number>();
  const passes = new Map<string, { questions: number; seconds: number; busy: number }>();
  const steps: number[] = [];
  let [loading, training, trainingBusy] = [0, 0, 0];
  let pass = '';
  for (const [index, moment] of moments.entries()) {
    const last = moments[index - 1];
    if (last === undefined) continue;
    const [elapsed, busy] = [moment.at - last.at, moment.busy - last.busy];
    if (moment.type === 'run-start') {
      loading += elapsed;
      continue;
    }
    if (moment.type === 'pass') {
      pass = moment.pass ?? pass;
      const held = passes.get(pass) ?? { questions: 0, seconds: 0, busy: 0 };
      passes.set(pass, {
        questions: Math.max(held.questions, moment.done ?? 0),
        seconds: held.seconds + elapsed,
        busy: held.busy + busy,
      });
      continue;
    }
    training += elapsed;
    trainingBusy += busy;
    if (moment.type === 'step-end') {
      steps.push(elapsed);
      addStep(phases, moment, elapsed);
    } else {
      const isSaving = moment.type === 'checkpoint';
      add(phases, isSaving ? UNNAMED.checkpoint : UNNAMED.between, elapsed);
    }
  }
  return {
    loading,
    steps: steps.length,
    training,
    trainingBusy,
    phases,
    medianStep: medianOf(steps),
    passes: [...passes].map(([name, times]) => ({ pass: name, ...times })),
  };
}
