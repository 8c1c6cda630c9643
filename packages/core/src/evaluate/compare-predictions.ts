/** Two sets of predictions on the same items: paired differences with intervals, and the items whose verdict flipped. */
import { LociError } from '../errors/loci-error.ts';
import { deriveSeed, randomStream } from '../random/seed.ts';
import type { Scorer, ScoreTable } from '../spec/index.ts';
import type { JudgedRow } from './predictions.ts';
import { intervalOf, judge } from './score-table.ts';
import type { PredictedItem } from './score-table.ts';

/** A difference, second minus first, with its 95 % interval. */
export interface Difference {
  readonly first: number;
  readonly second: number;
  readonly change: number;
  readonly low: number;
  readonly high: number;
  /** Items behind the first and behind the second; they differ where a scorer leaves out what one of the two did not answer. */
  readonly counts: readonly [first: number, second: number];
}

/** An item that one model gets and the other does not. */
export interface FlippedItem {
  readonly id: string;
  readonly task: string;
  readonly question: string;
  readonly answer: string;
  /** Scores and what was taken for the answer, of the first and of the second. */
  readonly first: { readonly score: number; readonly answer?: string };
  readonly second: { readonly score: number; readonly answer?: string };
}

/** What one scorer makes of the difference. */
export interface ScorerComparison {
  readonly scorer: string;
  readonly headline: Difference;
  readonly sections: Readonly<Record<string, Readonly<Record<string, Difference>>>>;
  /** Items whose score differs by a half or more, greatest gain first. */
  readonly flipped: readonly FlippedItem[];
}

const RESAMPLES = 1000;
const FLIP = 0.5;

/**
 * Compares item by item; items that only one of the two holds are left out.
 *
 * @throws LociError `nothing-to-compare` when they share none.
 */
export function comparePredictions(
  scorer: Scorer,
  first: readonly PredictedItem[],
  second: readonly PredictedItem[],
  seed: number,
): ScorerComparison {
  const others = new Map(second.map((row) => [row.item.id, row]));
  const shared = first.filter(({ item }) => others.has(item.id));
  if (shared.length === 0) {
    throw new LociError('nothing-to-compare', 'The two evaluations share no item');
  }
  const before = judge(scorer, shared);
  const after = judge(
    scorer,
    shared.map(({ item }) => others.get(item.id)!),
  );
  const tables = [scorer.aggregate(before), scorer.aggregate(after)] as const;
  const draws = resampledPairs(scorer, before, after, deriveSeed(seed, 'pairs'));
  const difference = (of: (table: ScoreTable) => { value: number; count: number } | undefined) => {
    const [one, two] = tables.map((table) => of(table)?.value ?? NaN) as [number, number];
    const changes = draws.map(([a, b]) => (of(b)?.value ?? NaN) - (of(a)?.value ?? NaN));
    const counts = tables.map((table) => of(table)?.count ?? 0) as [number, number];
    const isSingle = Math.max(...counts) <= 1;
    return {
      first: one,
      second: two,
      change: two - one,
      ...intervalOf(isSingle ? [] : changes),
      counts,
    };
  };
  return {
    scorer: scorer.name,
    headline: difference(({ headline }) => headline),
    sections: Object.fromEntries(
      Object.entries(tables[0].sections).map(([by, section]) => [
        by,
        Object.fromEntries(
          [...new Set([...Object.keys(section), ...Object.keys(tables[1].sections[by] ?? {})])].map(
            (name) => [name, difference(({ sections }) => sections[by]?.[name])],
          ),
        ),
      ]),
    ),
    flipped: flips(before, after),
  };
}

function resampledPairs(
  scorer: Scorer,
  before: readonly JudgedRow[],
  after: readonly JudgedRow[],
  seed: number,
): readonly (readonly [ScoreTable, ScoreTable])[] {
  const random = randomStream(seed);
  return Array.from({ length: RESAMPLES }, () => {
    const chosen = before.map(() => Math.floor(random() * before.length));
    return [
      scorer.aggregate(chosen.map((index) => before[index]!)),
      scorer.aggregate(chosen.map((index) => after[index]!)),
    ] as const;
  });
}

function flips(before: readonly JudgedRow[], after: readonly JudgedRow[]): readonly FlippedItem[] {
  const side = ({ verdict: { score, normalised } }: JudgedRow) => ({
    score,
    ...(normalised !== undefined && { answer: normalised }),
  });
  return before
    .map((row, index) => ({ row, other: after[index]! }))
    .filter(({ row, other }) => Math.abs(other.verdict.score - row.verdict.score) >= FLIP)
    .map(({ row, other }) => {
      const { id, task, question, answer } = row.item;
      return { id, task, question, answer, first: side(row), second: side(other) };
    })
    .sort((a, b) => b.second.score - b.first.score - (a.second.score - a.first.score));
}
