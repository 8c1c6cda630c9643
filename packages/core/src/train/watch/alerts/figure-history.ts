/** The figures of a run for its alerts: means over the last steps, and over the first ones for comparison. */
import { average } from '../../../evaluate/figures/bootstrap.ts';

/** The mean of a figure over the last steps, and over the first ones when the two do not overlap. */
export interface FigureMeans {
  readonly recent: number;
  /** Undefined while the first and the last steps overlap. */
  readonly start: number | undefined;
}

interface Series {
  readonly start: number[];
  readonly recent: number[];
  count: number;
}

/** Keeps only the values that the means of each figure need. */
export class FigureHistory {
  readonly #window: number;
  readonly #series = new Map<string, Series>();

  /** @param window Steps of a mean. */
  constructor(window: number) {
    this.#window = window;
  }

  /** Adds the figures of the next step. A figure that the step lacks keeps its window. */
  add(figures: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(figures)) {
      if (!Number.isFinite(value)) continue;
      const series = this.#series.get(name) ?? { start: [], recent: [], count: 0 };
      this.#series.set(name, series);
      series.count++;
      if (series.start.length < this.#window) series.start.push(value);
      series.recent.push(value);
      if (series.recent.length > this.#window) series.recent.shift();
    }
  }

  /** Means of a figure; undefined until it has filled a window. */
  means(name: string): FigureMeans | undefined {
    const series = this.#series.get(name);
    if (series === undefined || series.count < this.#window) return undefined;
    const isLater = series.count >= 2 * this.#window;
    return { recent: average(series.recent), start: isLater ? average(series.start) : undefined };
  }

  /** Sum over the last steps, of which there may be fewer than a window. */
  recentSum(name: string): number {
    return (this.#series.get(name)?.recent ?? []).reduce((sum, value) => sum + value, 0);
  }

  /** Names of figures that start with `prefix`, in the order in which they came. */
  names(prefix: string): readonly string[] {
    return [...this.#series.keys()].filter((name) => name.startsWith(prefix));
  }
}
