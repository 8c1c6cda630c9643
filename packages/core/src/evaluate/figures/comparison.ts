/** Compares two evaluations of the same items: paired differences with intervals for every scorer, and the items whose verdict flipped. */
import { LociError } from '../../errors/loci-error.ts';
import { deriveSeed, randomStream } from '../../random/seed.ts';
import type { Scorer, ScoreTable } from '../../spec/index.ts';
import { intervalOf } from './score-table.ts';
import { estimatorsOf } from './several-answers.ts';
import { collapseItems, judge, meanVerdict } from './verdicts.ts';
import type { Collapse, JudgedRow, PredictedItem } from './verdicts.ts';

/** A difference, second minus first, with its 95 % interval. */
export interface Difference {
  readonly first: number;
  readonly second: number;
  readonly change: number;
  readonly low: number;
  readonly high: number;
  /** Items counted in the first and in the second; they differ when a scorer leaves out unanswered items. */
  readonly counts: readonly [first: number, second: number];
}

/** An item that one model answers well and the other does not. */
export interface FlippedItem {
  readonly id: string;
  readonly task: string;
  readonly question: string;
  readonly answer: string;
  /** Score and extracted answer, of the first and of the second. */
  readonly first: { readonly score: number; readonly answer?: string };
  readonly second: { readonly score: number; readonly answer?: string };
}

/** The difference by one scorer. */
export interface ScorerComparison {
  readonly scorer: string;
  readonly headline: Difference;
  readonly sections: Readonly<Record<string, Readonly<Record<string, Difference>>>>;
  /** Headlines of pass@k and of the majority, by name; absent unless both gave the same number of answers to each item, and more than one. */
  readonly estimates?: Readonly<Record<string, Difference>>;
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
export function compareAnswers(
  scorer: Scorer,
  first: readonly PredictedItem[],
  second: readonly PredictedItem[],
  seed: number,
): ScorerComparison {
  const others = new Set(second.map(({ item }) => item.id));
  const shared = first.filter(({ item }) => others.has(item.id));
  if (shared.length === 0) {
    throw new LociError(
      'nothing-to-compare',
      'The two evaluations share no item; compare evaluations of the same benchmark and data',
    );
  }
  const order = new Map(shared.map(({ item }, index) => [item.id, index]));
  const paired = second
    .filter(({ item }) => order.has(item.id))
    .sort((a, b) => order.get(a.item.id)! - order.get(b.item.id)!);
  const sides = [judge(scorer, shared), judge(scorer, paired)] as const;
  const pairs = (collapse: Collapse): Pair => [
    collapseItems(sides[0], collapse),
    collapseItems(sides[1], collapse),
  ];
  const means = pairs(meanVerdict);
  const estimators = samplesOf(shared) === samplesOf(paired) ? estimatorsOf(samplesOf(shared)) : [];
  const estimates = estimators.map(
    ({ name, collapse }) =>
      [name, tableDifferences(scorer, pairs(collapse), seed).headline] as const,
  );
  return {
    scorer: scorer.name,
    ...tableDifferences(scorer, means, seed),
    ...(estimates.length > 0 && { estimates: Object.fromEntries(estimates) }),
    flipped: flips(...means),
  };
}

/** Answers to each item. */
export function samplesOf(rows: readonly Pick<PredictedItem, 'sample'>[]): number {
  return 1 + rows.reduce((most, { sample = 0 }) => Math.max(most, sample), 0);
}

/** The verdicts of two evaluations on the same items, in one order. */
type Pair = readonly [first: readonly JudgedRow[], second: readonly JudgedRow[]];

function tableDifferences(
  scorer: Scorer,
  [before, after]: Pair,
  seed: number,
): Pick<ScorerComparison, 'headline' | 'sections'> {
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
