/** The figures and the first items of an evaluation as tables, for sinks. */
import type { RunTable } from '../../spec/index.ts';
import type { PredictionLine } from '../store/predictions.ts';
import type { Figure } from './bootstrap.ts';
import type { EvaluationReport } from './evaluation-report.ts';

const FIGURES = ['condition', 'figure', 'value', 'low', 'high', 'items'];
const ITEMS = ['item', 'task', 'question', 'truth', 'answer', 'score', 'output'];
/** Most items in a table. */
const MOST_ITEMS = 100;

/**
 * Two tables for each evaluation. The first has the overall score, every measure and every task under every condition, with 95 % intervals.
 * The second, `…/items`, has the first hundred items as filmed. A table without rows is left out.
 *
 * @param name Of the first table: `evaluation/after`, `benchmark/vsi-bench`.
 * @param answers Lines of the file of answers.
 */
export function evaluationTables(
  name: string,
  step: number,
  { conditions }: EvaluationReport,
  answers: readonly Partial<PredictionLine>[],
): readonly RunTable[] {
  const figures = Object.entries(conditions).flatMap(([condition, { means, scorers }]) => [
    row(condition, 'answers', means.overall.score),
    ...Object.entries(means.overall.measures).map(([measure, one]) => row(condition, measure, one)),
    ...Object.entries(means.tasks).map(([task, one]) =>
      row(condition, `answers, ${task}`, one.score),
    ),
    ...(scorers.length < 2
      ? []
      : scorers.map(({ scorer, headline }) => row(condition, `headline, ${scorer}`, headline))),
  ]);
  const items = answers
    .filter(({ condition, sample }) => condition === 'as-filmed' && sample === undefined)
    .slice(0, MOST_ITEMS)
    .map(itemRow);
  return [
    { name, step, columns: FIGURES, rows: figures },
    { name: `${name}/items`, step, columns: ITEMS, rows: items },
  ].filter(({ rows }) => rows.length > 0);
}

function itemRow({
  item,
  prediction,
  verdicts,
}: Partial<PredictionLine>): RunTable['rows'][number] {
  const verdict = Object.values(verdicts ?? {})[0];
  const output = prediction?.status === 'answered' ? prediction.output : prediction?.reason;
  const { id = null, task = null, question = null, answer = '' } = item ?? {};
  const truth = answer.replaceAll(/<\/?answer>/gu, '').trim();
  const score = verdict?.counted === true ? verdict.score : null;
  return [id, task, question, truth, verdict?.normalised ?? null, score, output ?? null];
}

function row(condition: string, figure: string, one: Figure): RunTable['rows'][number] {
  const { value, low, high, count } = one;
  return [condition, figure, ...[value, low, high].map(finiteOrNull), count];
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
