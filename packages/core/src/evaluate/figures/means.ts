/** Means of the first scorer's score and of its measures, over all items and by task, with bootstrap intervals. */
import { LociError } from '../../errors/loci-error.ts';
import { deriveSeed } from '../../random/seed.ts';
import type { ScorableItem } from '../../spec/index.ts';
import { bootstrapMean } from './bootstrap.ts';
import type { Figure } from './bootstrap.ts';
import type { JudgedRow } from './verdicts.ts';

/** Figures of one task, or of all together. */
export interface FigureSet {
  /** Mean score of the answers, 0…1. */
  readonly score: Figure;
  /** Means of the measures beside the score (`map`, `hit1`, `format`, `reward`), over the items that have them. */
  readonly measures: Readonly<Record<string, Figure>>;
}

/** Means over all items and by task. */
export interface Means {
  readonly overall: FigureSet;
  readonly tasks: Readonly<Record<string, FigureSet>>;
}

/** Paired differences over the items that both sides have, second minus first. */
export interface MeanDifferences {
  readonly score: Figure;
  readonly measures: Readonly<Record<string, Figure>>;
  readonly tasks: Readonly<Record<string, Figure>>;
}

/** The means of judged rows, one for each item. The seed fixes the bootstrap draws. */
export function meansOf(rows: readonly JudgedRow[], seed: number): Means {
  return {
    overall: figures(rows, deriveSeed(seed, 'bootstrap', 'overall')),
    tasks: Object.fromEntries(
      Object.entries(groupByTask(rows)).map(([task, own]) => [
        task,
        figures(own, deriveSeed(seed, 'bootstrap', task)),
      ]),
    ),
  };
}

function figures(rows: readonly JudgedRow[], seed: number): FigureSet {
  const score = bootstrapMean(
    rows.flatMap((row) => countedScore(row) ?? []),
    seed,
  );
  const measures: Record<string, Figure> = {};
  for (const name of measureNames(rows)) {
    const values = rows.flatMap(({ verdict }) => verdict.measures?.[name] ?? []);
    measures[name] = bootstrapMean(values, deriveSeed(seed, name));
  }
  return { score, measures };
}

/** The score of a row that its scorer counts. */
function countedScore({ verdict }: JudgedRow): number | undefined {
  return verdict.counted ? verdict.score : undefined;
}

/**
 * The paired differences `second − first`, with 95 % bootstrap intervals: of the score, of each measure that both have, and of the score by
 * task. An item that only one side has is left out.
 *
 * @param seed Of the second evaluation.
 * @throws LociError `nothing-to-compare` when they share no item.
 */
export function compareMeans(
  first: readonly JudgedRow[],
  second: readonly JudgedRow[],
  seed: number,
): MeanDifferences {
  const later = new Map(second.map((row) => [row.item.id, row]));
  const pairs = first.flatMap((row) => {
    const other = later.get(row.item.id);
    return other === undefined ? [] : [{ first: row, second: other }];
  });
  if (pairs.length === 0) {
    throw new LociError(
      'nothing-to-compare',
      'The two evaluations share no item; compare evaluations of the same benchmark and data',
    );
  }
  const draws = deriveSeed(seed, 'comparison');
  const difference = (
    name: string,
    value: (row: JudgedRow) => number | undefined,
    only: (item: ScorableItem) => boolean = () => true,
  ): Figure => {
    const differences = pairs.flatMap((pair) => {
      const before = value(pair.first);
      const after = value(pair.second);
      if (before === undefined || after === undefined || !only(pair.first.item)) return [];
      return [after - before];
    });
    return bootstrapMean(differences, deriveSeed(draws, name));
  };
  const shared = pairs.map((pair) => pair.first);
  return {
    score: difference('accuracy', countedScore),
    measures: Object.fromEntries(
      measureNames(shared).map((name) => [
        name,
        difference(name, ({ verdict }) => verdict.measures?.[name]),
      ]),
    ),
    tasks: Object.fromEntries(
      Object.keys(groupByTask(shared)).map((task) => [
        task,
        difference(task, countedScore, (item) => item.task === task),
      ]),
    ),
  };
}

/** Rows by task, tasks in alphabetical order. */
export function groupByTask<Row extends { readonly item: Pick<ScorableItem, 'task'> }>(
  rows: readonly Row[],
): Readonly<Record<string, readonly Row[]>> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const { task } = row.item;
    const group = groups.get(task);
    if (group === undefined) groups.set(task, [row]);
    else group.push(row);
  }
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function measureNames(rows: readonly JudgedRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ verdict }) => Object.keys(verdict.measures ?? {})))];
}
