/** Lines of charts: extracts the points of figures, smooths them, and aligns them on one axis of steps. */
import type { Figures } from '../data/metrics.ts';

/** A line; both arrays have one entry a point. */
export interface Line {
  readonly label: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** The points of a figure. Steps without a value are left out; of several values at one step the last counts. */
export function lineOf(figures: Figures, metric: string, label: string): Line {
  const column = figures.columns[metric] ?? [];
  const points = new Map<number, number>();
  column.forEach((value, index) => {
    if (value !== null) points.set(figures.steps[index]!, value);
  });
  const steps = [...points.keys()].sort((a, b) => a - b);
  return { label, steps, values: steps.map((step) => points.get(step)!) };
}

/**
 * Exponential moving average in which each point has the weight `1 − amount`, with bias correction for the first points, as in Adam (Kingma & Ba
 * 2015).
 *
 * @param amount 0 (no smoothing) to less than 1.
 */
export function smoothed({ values, ...line }: Line, amount: number): Line {
  if (amount <= 0) return { ...line, values };
  let [sum, weight] = [0, 0];
  return {
    ...line,
    values: values.map((value) => {
      sum = amount * sum + (1 - amount) * value;
      weight = amount * weight + (1 - amount);
      return sum / weight;
    }),
  };
}

/** Points below which a line shows each of them, such as the evaluations of a run: there is no noise to smooth. */
const FEW_POINTS = 12;

/** Whether all lines have so few points that each is shown, and none is smoothed. */
export function areSparse(lines: readonly Line[]): boolean {
  return lines.every(({ steps }) => steps.length < FEW_POINTS);
}

/** Lines on one axis: a row of steps, then a row of values per line, null where a line has no point. */
export function aligned(lines: readonly Line[]): readonly (readonly (number | null)[])[] {
  const steps = [...new Set(lines.flatMap((line) => line.steps))].sort((a, b) => a - b);
  const rows = lines.map((line) => {
    const points = new Map(line.steps.map((step, index) => [step, line.values[index]!]));
    return steps.map((step) => points.get(step) ?? null);
  });
  return [steps, ...rows];
}
