/** The figures of a scorer over judged items, with intervals for the headline and every section. */
import { deriveSeed, randomStream } from '../../random/seed.ts';
import type { ScoreFigure, ScoreTable, Scorer } from '../../spec/index.ts';
import { quantile } from './bootstrap.ts';
import type { Figure } from './bootstrap.ts';
import type { JudgedRow } from './verdicts.ts';

/** The figures of one scorer over a set of predictions. */
export interface ScorerResult {
  readonly scorer: string;
  readonly description: string;
  readonly headline: Figure;
  /** By breakdown, such as `task`, then by name. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  /** All items. */
  readonly items: number;
  /** Items in whose output the scorer finds no answer. */
  readonly unanswered: number;
  /** Items that are not in the denominator. */
  readonly uncounted: number;
  /** Items on which the authors' script ends with an error, with the first such error. */
  readonly referenceErrors: { readonly count: number; readonly first?: string };
}

/** At this number the ends of an interval vary between seeds by about a twentieth of its width; more draws gain little. */
const RESAMPLES = 1000;

/** The figures of judged rows, one for each item. The seed fixes the draws for all scorers, so equal verdicts have equal intervals. */
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
  // Resampling one item would give an interval of zero width, as if the figure were certain.
  if (figure.count === 1) return { ...figure, low: NaN, high: NaN };
  return { ...figure, ...intervalOf(draws.map((table) => of(table)?.value ?? NaN)) };
}

/** The middle 95 % of drawn figures; draws without items for the figure are left out. */
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
