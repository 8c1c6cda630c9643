/** The figures of a scorer over judged items, with intervals: of the headline, and of every section. */
import { deriveSeed, randomStream } from '../../random/seed.ts';
import type { ScoreFigure, ScoreTable, Scorer } from '../../spec/index.ts';
import { quantile } from './bootstrap.ts';
import type { Figure } from './bootstrap.ts';
import type { JudgedRow } from './verdicts.ts';

/** What one scorer makes of a set of predictions. */
export interface ScorerResult {
  readonly scorer: string;
  readonly description: string;
  readonly headline: Figure;
  /** By what they are broken down by, then by name. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  /** Items in all, and how they fared. */
  readonly items: number;
  /** Asked, but with nothing that the scorer takes for an answer. */
  readonly unanswered: number;
  /** Not in the denominator. */
  readonly uncounted: number;
  /** Items on which the script that the scorer follows ends with an error, with the first such error. */
  readonly referenceErrors: { readonly count: number; readonly first?: string };
}

/** With more, the ends of an interval would still move by about a twentieth of its width from seed to seed. */
const RESAMPLES = 1000;

/** The figures of judged rows, one an item; the seed fixes the draws, which are the same for all scorers: equal verdicts have equal intervals. */
export function scoreTable(scorer: Scorer, rows: readonly JudgedRow[], seed: number): ScorerResult {
  const table = scorer.aggregate(rows);
  const draws = resampled(scorer, rows, deriveSeed(seed, 'bootstrap'));
  const errors = rows.flatMap(({ verdict }) => verdict.referenceError ?? []);
  if (table.referenceError !== undefined) errors.push(table.referenceError);
  const [first] = errors;
  return {
    scorer: scorer.name,
    description: scorer.description,
    headline: withInterval(table.headline, draws, ({ headline }) => headline),
    sections: mapValues(table.sections, (section, by) =>
      mapValues(section, (figure, name) =>
        withInterval(figure, draws, ({ sections }) => sections[by]?.[name]),
      ),
    ),
    items: rows.length,
    unanswered: rows.filter(({ verdict }) => !verdict.answered).length,
    uncounted: rows.filter(({ verdict }) => !verdict.counted).length,
    referenceErrors: { count: errors.length, ...(first !== undefined && { first }) },
  };
}

function resampled(
  scorer: Scorer,
  rows: readonly JudgedRow[],
  seed: number,
): readonly ScoreTable[] {
  if (rows.length === 0) return [];
  const random = randomStream(seed);
  return Array.from({ length: RESAMPLES }, () =>
    scorer.aggregate(rows.map(() => rows[Math.floor(random() * rows.length)]!)),
  );
}

function withInterval(
  figure: ScoreFigure,
  draws: readonly ScoreTable[],
  of: (table: ScoreTable) => ScoreFigure | undefined,
): Figure {
  // One item would be drawn again and again: an interval of no width, as if it were certain.
  if (figure.count === 1) return { ...figure, low: NaN, high: NaN };
  return { ...figure, ...intervalOf(draws.map((table) => of(table)?.value ?? NaN)) };
}

/** The middle 95 % of drawn figures; draws in which the figure has no items are left out. */
export function intervalOf(values: readonly number[]): {
  readonly low: number;
  readonly high: number;
} {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  if (sorted.length === 0) return { low: NaN, high: NaN };
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  change: (value: In, key: string) => Out,
): Readonly<Record<string, Out>> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value, key)]),
  );
}
