/** Turns the events of a run into moments, at which its time is divided. */
import type { RunEvent } from '@loci/core';

/** The time of an event. */
export interface Moment {
  /** Seconds since the command began. */
  readonly at: number;
  /** Seconds that the engine has worked so far. */
  readonly busy: number;
  readonly type: 'begin' | 'run-start' | 'step-start' | 'step-end' | 'checkpoint' | 'pass' | 'end';
  /** For `step-end`: seconds by phase, as the step measured them. */
  readonly seconds?: Readonly<Record<string, number>>;
  /** For `pass`: phase and condition of the evaluation. */
  readonly pass?: string;
  /** For `pass`: questions answered so far. */
  readonly done?: number;
}

const PREFIX = 'seconds/';

function secondsOf(metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) =>
      name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value]] : [],
    ),
  );
}

/** The moment of an event; undefined for events that do not divide the time. */
export function momentOf(event: RunEvent): Omit<Moment, 'at' | 'busy'> | undefined {
  switch (event.type) {
    case 'run-start':
    case 'step-start':
    case 'checkpoint':
      return { type: event.type };
    case 'step-end':
      return { type: 'step-end', seconds: secondsOf(event.metrics) };
    case 'evaluation-progress': {
      const { phase, step, condition, done } = event;
      const when = phase === 'during' ? `after step ${step}` : phase;
      return { type: 'pass', pass: `${when}, ${condition}`, done };
    }
    case 'evaluation':
    case 'benchmark':
      return { type: 'pass' };
    case 'run-end':
      return { type: 'end' };
    default:
      return undefined;
  }
}
