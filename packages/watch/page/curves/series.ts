/** Lines of charts: points of figures, smoothed, and put on one axis of steps. */
import type { Figures } from '../data/metrics.ts';

/** A line; both arrays have one entry a point. */
export interface Line {
  readonly label: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** The points of a figure; steps without it are left out, and of several at one step the last counts. */
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
 * Exponential moving average, each point weighed by `1 − amount`; the first points are weighed as if there were more (bias correction as in
 * Adam, Kingma & Ba 2015).
 *
 * @param amount 0 (as it is) to less than 1.
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

/** Lines on one axis: a row of steps, then a row of values a line, null where a line has no point. */
export function aligned(lines: readonly Line[]): readonly (readonly (number | null)[])[] {
  const steps = [...new Set(lines.flatMap((line) => line.steps))].sort((a, b) => a - b);
  const rows = lines.map((line) => {
    const points = new Map(line.steps.map((step, index) => [step, line.values[index]!]));
    return steps.map((step) => points.get(step) ?? null);
  });
  return [steps, ...rows];
}
