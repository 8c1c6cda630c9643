/**
 * Ends a run that learns nothing more: its held-out figure has stopped rising (a plateau), or its reward has fallen below a floor (a
 * collapse). The checkpoint holds the observed figures, so a resumed run ends where the uninterrupted one would have.
 */
import type { RunConfig } from '../../config/run-config.ts';
import type { FigureCourse, WatchedFigures } from '../../spec/index.ts';

/** The settings of `stopWhen`. */
export type StopSettings = NonNullable<RunConfig['stopWhen']>;

/** Why a run ends before its last step. */
export interface Verdict {
  readonly reason: 'plateaued' | 'collapsed';
  /** For people: `evaluation/accuracy rose by 0.002 over the last 3 evaluations, …`. */
  readonly why: string;
}

/** The full name of a figure in the metrics. The config may write `answers`, and leave out the prefix `evaluation/`. */
export function metricName(figure: string, values: Readonly<Record<string, number>>): string {
  if (figure in values) return figure;
  if (figure === 'answers') return 'evaluation/accuracy';
  const long = `evaluation/${figure}`;
  return long in values ? long : figure;
}

/** Adds the figures of an evaluation after a step; a repeated evaluation replaces the earlier one. */
export function withEvaluation(
  watched: WatchedFigures,
  { plateau }: StopSettings,
  step: number,
  values: Readonly<Record<string, number>>,
): WatchedFigures {
  if (plateau === undefined) return watched;
  return { ...watched, plateau: extended(watched.plateau, plateau.figure, step, values) };
}

/** Adds the watched figure of a step, when the step has it. */
export function withStep(
  watched: WatchedFigures,
  { collapse }: StopSettings,
  step: number,
  values: Readonly<Record<string, number>>,
): WatchedFigures {
  if (collapse === undefined) return watched;
  const { figure, points } = extended(watched.collapse, collapse.figure, step, values);
  return { ...watched, collapse: { figure, points: points.slice(-collapse.steps) } };
}

/** Why the run ends here; undefined when it continues. */
export function verdict(watched: WatchedFigures, settings: StopSettings): Verdict | undefined {
  return plateauVerdict(watched.plateau, settings) ?? collapseVerdict(watched.collapse, settings);
}

function plateauVerdict(
  course: FigureCourse | undefined,
  { plateau }: StopSettings,
): Verdict | undefined {
  if (plateau === undefined || course?.figure !== plateau.figure) return undefined;
  const { evaluations, by } = plateau;
  const recent = course.points.slice(-evaluations);
  const before = course.points.slice(0, -evaluations);
  if (before.length === 0) return undefined;
  const best = before.reduce((a, b) => (b.value > a.value ? b : a));
  const since = Math.max(...recent.map(({ value }) => value));
  if (since - best.value > by) return undefined;
  return {
    reason: 'plateaued',
    why:
      `${plateau.figure} was ${written(best.value)} after step ${best.step}, and ${written(since)} at most in the ` +
      `${evaluations} evaluations since step ${before.at(-1)!.step}: no rise of more than ${by} (stopWhen.plateau)`,
  };
}

function collapseVerdict(
  course: FigureCourse | undefined,
  { collapse }: StopSettings,
): Verdict | undefined {
  if (collapse === undefined || course?.figure !== collapse.figure) return undefined;
  const { below, steps } = collapse;
  const recent = course.points.slice(-steps);
  if (recent.length < steps || recent.some(({ value }) => value >= below)) return undefined;
  return {
    reason: 'collapsed',
    why:
      `${collapse.figure} was below ${below} in the ${steps} steps up to step ${recent.at(-1)!.step}, ` +
      `${written(recent.at(-1)!.value)} in the last one (stopWhen.collapse)`,
  };
}

/** Appends a figure; a change of the watched figure starts an empty course. */
function extended(
  course: FigureCourse | undefined,
  figure: string,
  step: number,
  values: Readonly<Record<string, number>>,
): FigureCourse {
  const points = course?.figure === figure ? course.points : [];
  const value = values[metricName(figure, values)];
  if (value === undefined || !Number.isFinite(value)) return { figure, points };
  return { figure, points: [...points.filter((point) => point.step < step), { step, value }] };
}

function written(value: number): string {
  return String(Number(value.toPrecision(4)));
}
