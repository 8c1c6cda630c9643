/** Splits a step into phases by the notes of its worker: assigns each request to a phase and adds up the costs. */
import type { WorkNote } from '../../graph/engine/runtime-messages.ts';

/** The phases, in order. Work between them belongs to the phase that it prepares. */
export const PHASES = [
  'prefill',
  'decoding',
  'session rebuild',
  'rest of sampling',
  'reference',
  'gradients',
  'update',
] as const;

/** One of `PHASES`. */
export type Phase = (typeof PHASES)[number];

/** When the parts of a step began and ended: five times in milliseconds since 1970, and the CPU time of the process at each. */
export interface StepMarks {
  readonly at: readonly number[];
  readonly cpuMs: readonly number[];
}

/** The cost of a phase of one step, in milliseconds. */
export interface PhaseCost {
  /** From its beginning to its end. */
  readonly ms: number;
  /** The library's share of its runs. */
  readonly libraryMs: number;
  /** The time of its requests outside the library: copies and JavaScript of the worker. */
  readonly copiesMs: number;
  /** The rest of it: the main thread, messages, waits. */
  readonly outsideMs: number;
  /** CPU time of all threads; known for whole parts of a step only. */
  readonly cpuMs?: number;
  /** The last session that ran, by its number. */
  readonly session?: number;
  readonly runs: number;
}

const PARTS = ['sampling', 'reference', 'gradients', 'update'] as const;

/** The phase of a request, by the part of the step that it came in. */
function phaseOf(part: (typeof PARTS)[number], { kind, fetches }: WorkNote): Phase {
  if (part !== 'sampling') return part;
  if (kind === 'create' || kind === 'release') return 'session rebuild';
  if (kind !== 'run') return 'rest of sampling';
  return fetches?.includes('tokens') === true ? 'decoding' : 'prefill';
}

/** The costs of one step by phase. */
export function costsOf(
  notes: readonly WorkNote[],
  { at, cpuMs }: StepMarks,
): ReadonlyMap<Phase, PhaseCost> {
  const costs = new Map<Phase, PhaseCost>();
  for (const [index, part] of PARTS.entries()) {
    const [begin, end] = [at[index]!, at[index + 1]!];
    const own = notes.filter((note) => note.at >= begin && note.at < end);
    const cpu = cpuMs[index + 1]! - cpuMs[index]!;
    const isSampling = part === 'sampling';
    const phases = isSampling ? PHASES.slice(0, 4) : [part];
    const spent = own.reduce((sum, { ms }) => sum + ms, 0);
    for (const phase of phases) {
      const requests = own.filter((note) => phaseOf(part, note) === phase);
      const ms = requests.reduce((sum, each) => sum + each.ms, 0);
      const libraryMs = requests.reduce(
        (sum, each) => sum + (each.kind === 'create' ? each.ms : each.libraryMs),
        0,
      );
      const isWhole = !isSampling || phase === 'rest of sampling';
      const outsideMs = isWhole ? end - begin - spent : 0;
      const runs = requests.filter(({ kind }) => kind === 'run');
      const session = runs.at(-1)?.session;
      costs.set(phase as Phase, {
        ms: ms + outsideMs,
        libraryMs,
        copiesMs: ms - libraryMs,
        outsideMs,
        ...(!isSampling && { cpuMs: cpu }),
        ...(session !== undefined && { session }),
        runs: runs.length,
      });
    }
  }
  return costs;
}
