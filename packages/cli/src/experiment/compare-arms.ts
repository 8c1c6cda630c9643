/** Computes figures of arms over questions and seeds, and their paired differences. */
import { crossedMean, deriveSeed, differencesOf } from '@loci/core';
import type { CrossedFigure, SeedRows } from '@loci/core';
import type { Questions } from './arm-answers.ts';

/** The questions of one arm under one condition, by seed. */
export type AnswersBySeed = ReadonlyMap<number, Questions>;

/** Selects a value and the questions. */
export interface FigureChoice {
  /** `score`, `map`, `pass@8`, … */
  readonly measure: string;
  /** Kind of question; all kinds when absent. */
  readonly kind?: string;
}

/** The mean of an arm over its seeds; undefined when it has no such value. */
export function armFigure(answers: AnswersBySeed, choice: FigureChoice): CrossedFigure | undefined {
  const figure = crossedMean(
    rowsOf(answers, [...answers.keys()], idsOf([answers]), choice),
    drawsOf(choice),
  );
  return figure.count === 0 ? undefined : figure;
}

/**
 * The paired difference `second − first` over the seeds and questions that both have; undefined when there are none.
 *
 * Runs with the same seed trained on the same questions in the same order, so they are paired.
 */
export function armDifference(
  first: AnswersBySeed,
  second: AnswersBySeed,
  choice: FigureChoice,
): CrossedFigure | undefined {
  const seeds = [...first.keys()].filter((seed) => second.has(seed));
  if (seeds.length === 0) return undefined;
  const ids = idsOf([first, second]);
  const rows = [first, second].map((answers) => rowsOf(answers, seeds, ids, choice));
  const figure = crossedMean(differencesOf(rows[0]!, rows[1]!), drawsOf(choice));
  return figure.count === 0 ? undefined : figure;
}

/** Kinds of the questions, in alphabetical order. */
export function kindsOf(answers: AnswersBySeed): readonly string[] {
  const kinds = [...answers.values()].flatMap((questions) =>
    [...questions.values()].map(({ kind }) => kind),
  );
  return [...new Set(kinds)].sort();
}

function idsOf(arms: readonly AnswersBySeed[]): readonly string[] {
  const ids = arms.flatMap((answers) =>
    [...answers.values()].flatMap((questions) => [...questions.keys()]),
  );
  return [...new Set(ids)].sort();
}

function rowsOf(
  answers: AnswersBySeed,
  seeds: readonly number[],
  ids: readonly string[],
  { measure, kind }: FigureChoice,
): SeedRows {
  return seeds.map((seed) => {
    const questions = answers.get(seed)!;
    return Float64Array.from(ids, (id) => {
      const question = questions.get(id);
      if (question === undefined || (kind !== undefined && question.kind !== kind)) return NaN;
      return question.values[measure] ?? NaN;
    });
  });
}

/** The seed of the bootstrap, which depends only on the figure. */
function drawsOf({ measure, kind = '' }: FigureChoice): number {
  return deriveSeed(1, 'experiment', measure, kind);
}
