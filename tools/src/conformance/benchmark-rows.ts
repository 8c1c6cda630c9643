/** Checks a vector of prediction rows: every row's verdict, and what the rows add up to. */
import type { PromptStyle, ScorableItem, ScoredRow, Scorer, Verdict } from '@loci/core';
import { z } from 'zod';
import type { Check } from './check.ts';
import { FLOAT64, difference } from './compare.ts';
import type { Vector } from './vector-file.ts';

/** A prediction row as the vectors have it. */
export type Row = Readonly<Record<string, unknown>>;

/** How the rows of one file are read, and in what words its aggregates are written. */
export interface BenchmarkVectors {
  scorers(style: PromptStyle): readonly Scorer[];
  item(row: Row): Pick<ScorableItem, 'task' | 'groups' | 'answer'>;
  /** What the reference calls an aggregate; a scorer that is not here has none in the vectors. */
  readonly aggregates: Readonly<
    Record<string, (rows: readonly ScoredRow[], scorer: Scorer) => unknown>
  >;
}

const rowsInput = z.object({
  scorer: z.enum(['official', 'spacer_eval']),
  mode: z.enum(['default', 'thinking', 'thinking_map']).nullish(),
  rows: z.array(z.record(z.string(), z.unknown())),
});
const rowsExpected = z.object({ per_row: z.array(z.looseObject({})), aggregate: z.unknown() });

/** Without a mode, and in the mode `default`, no tags are looked for: the prompt did not ask for any. */
const STYLES = { default: 'official', thinking: 'thinking', thinking_map: 'thinking-map' } as const;

/** The mode is the reference's; the authors' scripts know no tags whatever it says. */
function styleOf(scorer: string, mode: keyof typeof STYLES): PromptStyle {
  return scorer === 'official' ? 'official' : STYLES[mode];
}

/** A check of rows by the scorers that evaluation uses. */
export function checkRows(vectors: BenchmarkVectors): Check {
  return async (vector: Vector) => {
    const { scorer: name, mode, rows } = rowsInput.parse(vector.input);
    const scorer = vectors
      .scorers(styleOf(name, mode ?? 'default'))
      .find((candidate) => candidate.name === name.replace('_', '-'));
    const aggregate = scorer && vectors.aggregates[scorer.name];
    if (scorer === undefined || aggregate === undefined) return `there is no scorer "${name}"`;
    const scored = rows.map((row, index) => scoreRow(scorer, vectors, row, index));
    return compare(vector, scored, scorer, () => aggregate(scored, scorer));
  };
}

function scoreRow(scorer: Scorer, vectors: BenchmarkVectors, row: Row, index: number): ScoredRow {
  const item: ScorableItem = {
    id: String(row['id'] ?? index),
    question: '',
    options: [],
    ...vectors.item(row),
  };
  const output = text(row, 'predicted_answer' in row ? 'predicted_answer' : 'prediction');
  return { item, verdict: scorer.score(item, { status: 'answered', output }) };
}

/** Where scoring a row or summing up ends the reference, ours must report it too, in its own words. */
function compare(
  vector: Vector,
  rows: readonly ScoredRow[],
  scorer: Scorer,
  aggregate: () => unknown,
): string | undefined {
  const rowError = rows.find(({ verdict }) => verdict.referenceError)?.verdict.referenceError;
  const error = rowError ?? scorer.aggregate(rows).referenceError;
  if (vector.expected === null) {
    return error === undefined ? `succeeds where the reference fails` : undefined;
  }
  const expected = rowsExpected.parse(vector.expected);
  if (rowError !== undefined) return `failed: ${rowError}`;
  const wrongRow = difference(
    rows.map(({ verdict }, index) => pickLike(verdict, expected.per_row[index] ?? {})),
    expected.per_row,
    FLOAT64,
    'per_row',
  );
  if (wrongRow !== undefined) return wrongRow;
  if (expected.aggregate === null) {
    return error === undefined ? 'aggregates where the reference fails' : undefined;
  }
  if (error !== undefined) return `failed: ${error}`;
  return difference(aggregate(), expected.aggregate, FLOAT64, 'aggregate');
}

/** Scores always; of the rest, the figures that the reference gives as well. */
function pickLike(verdict: Verdict, expected: Row): Row {
  return {
    score: verdict.score,
    ...('normalised' in expected && { normalised: verdict.normalised }),
    ...('answered' in expected && { answered: verdict.answered }),
  };
}

const textLike = z.union([z.string(), z.number().transform(String)]);

/** A text field of a row, which may be written as a number. */
export function text(row: Row, key: string): string {
  return textLike.parse(row[key], { error: () => `${key} is no text` });
}
