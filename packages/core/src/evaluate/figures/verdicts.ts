/** Verdicts of a scorer: one row for each answer, or, collapsed, one for each item. */
import type { ScorableItem, ScoredRow, Scorer, Verdict } from '../../spec/index.ts';
import type { PredictionRow } from '../store/predictions.ts';
import { average } from './bootstrap.ts';

/** An item with a scorer's verdict. */
export interface JudgedRow extends ScoredRow {
  readonly item: ScorableItem;
}

/** An item with its prediction. `measures` are those of the run's rewards. */
export type PredictedItem = Pick<PredictionRow, 'item' | 'prediction'> &
  Partial<Pick<PredictionRow, 'measures' | 'sample'>>;

/** Every answer with the scorer's verdict, to whose measures those of the run's rewards are added. */
export function judge(scorer: Scorer, rows: readonly PredictedItem[]): readonly JudgedRow[] {
  return rows.map(({ item, prediction, measures }) => {
    const verdict = scorer.score(item, prediction);
    return {
      item,
      verdict:
        measures === undefined
          ? verdict
          : { ...verdict, measures: { ...verdict.measures, ...measures } },
    };
  });
}

/** Combines the verdicts of all answers to an item into one. */
export type Collapse = (verdicts: readonly Verdict[]) => Verdict;

/** One row for each item, in the order of first appearance. */
export function collapseItems(
  rows: readonly JudgedRow[],
  collapse: Collapse,
): readonly JudgedRow[] {
  const byItem = new Map<string, JudgedRow[]>();
  for (const row of rows) {
    const own = byItem.get(row.item.id);
    if (own === undefined) byItem.set(row.item.id, [row]);
    else own.push(row);
  }
  return [...byItem.values()].map((own) => ({
    item: own[0]!.item,
    verdict: collapse(own.map(({ verdict }) => verdict)),
  }));
}

/** The mean score of the answers that the scorer counts. A single verdict stays as it is. */
export const meanVerdict: Collapse = (verdicts) => {
  const [first] = verdicts;
  if (first === undefined) throw new TypeError('an item has at least one verdict');
  if (verdicts.length === 1) return first;
  const counted = verdicts.filter((verdict) => verdict.counted);
  return { ...summedUp(verdicts), score: counted.length === 0 ? 0 : average(scores(counted)) };
};

/** Scores of verdicts, 0…1. */
export function scores(verdicts: readonly Verdict[]): readonly number[] {
  return verdicts.map(({ score }) => score);
}

/** Combines several verdicts, except for their scores. Measures become means over the answers that have them. */
export function summedUp(verdicts: readonly Verdict[]): Omit<Verdict, 'score'> {
  const names = new Set(verdicts.flatMap(({ measures }) => Object.keys(measures ?? {})));
  const measures = [...names].map((name) => {
    const values = verdicts.flatMap((verdict) => verdict.measures?.[name] ?? []);
    return [name, average(values)] as const;
  });
  const error = verdicts.find(({ referenceError }) => referenceError !== undefined);
  return {
    answered: verdicts.some(({ answered }) => answered),
    counted: verdicts.some(({ counted }) => counted),
    ...(error?.referenceError !== undefined && { referenceError: error.referenceError }),
    ...(measures.length > 0 && { measures: Object.fromEntries(measures) }),
  };
}
