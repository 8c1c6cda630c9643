/** Turns judged rows into figures: means with bootstrap intervals, over all and by question kind. */
import { LociError } from '../errors/loci-error.ts';
import { deriveSeed } from '../random/seed.ts';
import type { BenchmarkItem, BenchmarkRow } from '../spec/index.ts';
import { bootstrapMean } from './bootstrap.ts';
import { mapValues } from './map-values.ts';
import type {
  EvaluationReport,
  EvaluationSummary,
  FigureSet,
  Interval,
  ReportComparison,
} from './report.ts';

/** The figures of judged rows, over all and by kind; the seed fixes the bootstrap draws. */
export function summarise(rows: readonly BenchmarkRow[], seed: number): EvaluationSummary {
  return {
    overall: figures(rows, deriveSeed(seed, 'bootstrap', 'overall')),
    kinds: mapValues(groupByKind(rows), (kindRows, kind) =>
      figures(kindRows, deriveSeed(seed, 'bootstrap', kind)),
    ),
  };
}

function figures(rows: readonly BenchmarkRow[], seed: number): FigureSet {
  const scores = rows.flatMap((row) => countedScore(row) ?? []);
  const accuracy = bootstrapMean(scores, seed);
  const measures: Record<string, Interval> = {};
  for (const name of measureNames(rows)) {
    const values = rows.flatMap(({ verdict }) => verdict.measures?.[name] ?? []);
    measures[name] = bootstrapMean(values, deriveSeed(seed, name));
  }
  return { accuracy, measures };
}

/** The score of a row that its scorer counts. */
function countedScore({ verdict }: BenchmarkRow): number | undefined {
  return verdict.counted ? verdict.score : undefined;
}

/**
 * The paired difference `after − before` over the items that both reports have, with 95 % bootstrap intervals: of the score, of
 * each measure that both have, and of the score by question kind. An item that could be asked only once, because its video was gone
 * the other time, is left out.
 *
 * @throws LociError `reports-differ` when the reports share no item.
 */
export function compareReports(
  before: EvaluationReport,
  after: EvaluationReport,
): ReportComparison {
  const later = new Map(after.rows.map((row) => [row.item.id, row]));
  const pairs = before.rows.flatMap((row) => {
    const other = later.get(row.item.id);
    return other === undefined ? [] : [{ before: row, after: other }];
  });
  if (pairs.length === 0) {
    throw new LociError('reports-differ', 'Only reports that share items can be compared');
  }
  const seed = deriveSeed(after.seed, 'comparison');
  const difference = (
    name: string,
    value: (row: BenchmarkRow) => number | undefined,
    only: (item: BenchmarkItem) => boolean = () => true,
  ): Interval => {
    const differences = pairs.flatMap((pair) => {
      const first = value(pair.before);
      const second = value(pair.after);
      if (first === undefined || second === undefined || !only(pair.before.item)) return [];
      return [second - first];
    });
    return bootstrapMean(differences, deriveSeed(seed, name));
  };
  const shared = pairs.map((pair) => pair.before);
  const names = measureNames(shared);
  const kinds = Object.keys(groupByKind(shared));
  return {
    accuracy: difference('accuracy', countedScore),
    measures: Object.fromEntries(
      names.map((name) => [name, difference(name, ({ verdict }) => verdict.measures?.[name])]),
    ),
    kinds: Object.fromEntries(
      kinds.map((kind) => [kind, difference(kind, countedScore, ({ task }) => task === kind)]),
    ),
  };
}

/** Rows by question kind, kinds in alphabetical order. */
export function groupByKind(
  rows: readonly BenchmarkRow[],
): Readonly<Record<string, readonly BenchmarkRow[]>> {
  const groups = new Map<string, BenchmarkRow[]>();
  for (const row of rows) {
    const { task } = row.item;
    const group = groups.get(task);
    if (group === undefined) groups.set(task, [row]);
    else group.push(row);
  }
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function measureNames(rows: readonly BenchmarkRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ verdict }) => Object.keys(verdict.measures ?? {})))];
}
