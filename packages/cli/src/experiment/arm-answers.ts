/** Reads the stored evaluations of an experiment as values per question, for statistics and pages. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  calibratedMapScore,
  collapseItems,
  countInstances,
  estimatorsOf,
  extractMapText,
  judge,
  mapTooLarge,
  meanVerdict,
  parseCognitiveMap,
  samplesOf,
} from '@loci/core';
import type { EvaluationCondition, PredictionRow, ScorableItem, Scorer } from '@loci/core';
import { openEvaluation } from '../evaluation/stored-evaluation.ts';
import type { Io } from '../io.ts';
import { folderOf } from './experiment-store.ts';
import type { StoredExperiment } from './experiment-store.ts';

/** Values of one question: `score`, `pass@4`, `map` (the reference score), `calibrated`, `hit1`, `format`. */
export type QuestionValues = Readonly<Record<string, number>>;

/** A question with its kind and its values. */
export interface AnsweredQuestion {
  readonly kind: string;
  readonly values: QuestionValues;
}

/** Questions by their id. */
export type Questions = ReadonlyMap<string, AnsweredQuestion>;

/** The questions that an arm answered, by condition and seed. */
export type ArmAnswers = ReadonlyMap<EvaluationCondition, ReadonlyMap<number, Questions>>;

/**
 * Reads the answers of an arm in one evaluation. Seeds without a finished evaluation are left out.
 *
 * @throws LociError of `openEvaluation`.
 */
export async function readArmAnswers(
  { directory, experiment }: StoredExperiment,
  arm: string,
  evaluation: string,
  io: Io,
): Promise<ArmAnswers> {
  const found = new Map<EvaluationCondition, Map<number, Questions>>();
  for (const seed of experiment.seeds) {
    const folder = folderOf(directory, { kind: 'evaluate', arm, seed, evaluation });
    if (!existsSync(join(folder, 'report.json'))) continue;
    const { rows, scorers } = await openEvaluation(folder, io);
    const conditions = new Set([...rows.values()].map(({ condition }) => condition));
    for (const condition of conditions) {
      const own = [...rows.values()].filter((row) => row.condition === condition);
      const seeds = found.get(condition) ?? new Map<number, Questions>();
      found.set(condition, seeds.set(seed, questionsOf(own, scorers[0])));
    }
  }
  return found;
}

/** The values of each question under one scorer, without skipped questions. */
function questionsOf(rows: readonly PredictionRow[], scorer: Scorer): Questions {
  const generated = rows.filter(({ prediction }) => prediction.status !== 'not-asked');
  const judged = judge(scorer, generated.map(withCalibrated));
  const means = collapseItems(judged, meanVerdict);
  const best = estimatorsOf(samplesOf(generated)).map(
    ({ name, collapse }) =>
      [
        name,
        new Map(
          collapseItems(judged, collapse).map(({ item, verdict }) => [item.id, verdict.score]),
        ),
      ] as const,
  );
  return new Map(
    means.map(({ item, verdict }) => [
      item.id,
      {
        kind: item.task,
        values: {
          ...verdict.measures,
          score: verdict.score,
          ...Object.fromEntries(best.map(([name, scores]) => [name, scores.get(item.id)!])),
        },
      },
    ]),
  );
}

function withCalibrated(row: PredictionRow): PredictionRow {
  const calibrated = calibratedOf(row.item, row.prediction);
  return calibrated === undefined ? row : { ...row, measures: { ...row.measures, calibrated } };
}

/** Calibrated map score without symmetries, since generated rooms fix the orientation, and at least 0, as in the reward; undefined for a question without a map. */
function calibratedOf(
  { map }: ScorableItem,
  prediction: PredictionRow['prediction'],
): number | undefined {
  if (map === undefined || countInstances(map) === 0) return undefined;
  const output = prediction.status === 'answered' ? prediction.output : '';
  const imagined = parseCognitiveMap(extractMapText(output) ?? '', Object.keys(map));
  const drawn = mapTooLarge(imagined, 'the map') === undefined ? imagined : {};
  const scored = calibratedMapScore(drawn, map, { symmetries: 'none' });
  return scored.status === 'scored' ? Math.max(0, scored.score) : undefined;
}
