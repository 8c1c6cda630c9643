/** Makes the tables of an evaluation: scorers side by side, conditions, published scores, differences. */
import { languageShare, silentIn } from '@loci/core';
import type {
  BenchmarkFacts,
  EvaluationReport,
  Difference,
  EntryDifference,
  EvaluationCondition,
  Figure,
  PublishedScore,
  ScorerComparison,
  ScorerResult,
} from '@loci/core';
import type { TextTable } from '../render/evaluation-rows.ts';
import { CONDITION_TITLES } from '../render/evaluation-rows.ts';
import { formatBounds, formatPercent } from '../render/format.ts';

const ABSENT = '–';

/** One row per figure, one column per scorer, and a column for the chance level. */
export function scorerTable(results: readonly ScorerResult[], facts: BenchmarkFacts): TextTable {
  const [first] = results;
  const [chance] = facts.chance;
  const row = (
    title: string,
    of: (result: ScorerResult) => Figure | undefined,
    guess: number | undefined,
  ) => {
    const figures = results.map(of);
    return [
      title,
      ...figures.map(percentWithInterval),
      itemCounts(figures),
      ...(chance ? [guess === undefined ? ABSENT : guess.toFixed(1)] : []),
    ];
  };
  const names = sectionNames(results);
  return {
    header: [
      '% [95 % interval]',
      ...results.map(({ scorer }) => scorer),
      'items',
      ...(chance ? ['chance'] : []),
    ],
    rows: [
      row(
        `headline (${first?.scorer ?? 'official'}: ${headlineOf(facts, first)})`,
        ({ headline }) => headline,
        chance?.percent,
      ),
      ...names.flatMap(({ by, keys }) => [
        ...(names.length > 1 || by !== 'task'
          ? [sectionRow(by, results.length + (chance ? 2 : 1))]
          : []),
        ...keys.map((key) =>
          row(`  ${key}`, ({ sections }) => sections[by]?.[key], chance?.tasks?.[key]),
        ),
      ]),
      countRow('unanswered', results, ({ unanswered }) => unanswered, chance !== undefined),
      countRow('not counted', results, ({ uncounted }) => uncounted, chance !== undefined),
      ...(first && results.some(({ referenceErrors }) => referenceErrors.count > 0)
        ? [
            countRow(
              'ends the original script',
              results,
              ({ referenceErrors }) => referenceErrors.count,
              chance !== undefined,
            ),
          ]
        : []),
    ],
  };
}

/** The definition of the headline, with the number of tasks when the sample does not have all of them. */
function headlineOf({ headline }: BenchmarkFacts, first: ScorerResult | undefined): string {
  const tasks = Number(/(\d+) tasks/.exec(headline)?.[1] ?? NaN);
  const present = Object.keys(first?.sections['task'] ?? {}).length;
  return present < tasks ? `${headline}, ${present} of them here` : headline;
}

/** Items behind a figure: one number where all scorers count the same, else one per scorer, in their order. */
function itemCounts(figures: readonly (Figure | undefined)[]): string {
  const counts = figures.map((figure) => (figure === undefined ? ABSENT : String(figure.count)));
  return new Set(counts).size === 1 ? counts[0]! : counts.join(' / ');
}

function sectionRow(title: string, cells: number): readonly string[] {
  return [`by ${title}`, ...Array.from({ length: cells }, () => '')];
}

function countRow(
  title: string,
  results: readonly ScorerResult[],
  of: (result: ScorerResult) => number,
  withChance: boolean,
): readonly string[] {
  return [title, ...results.map((result) => String(of(result))), '', ...(withChance ? [''] : [])];
}

/** Sections in the order of the scorers, with all their keys. */
function sectionNames(
  results: readonly {
    readonly sections: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }[],
) {
  const names = new Map<string, Set<string>>();
  for (const { sections } of results) {
    for (const [by, section] of Object.entries(sections)) {
      const keys = names.get(by) ?? new Set();
      for (const key of Object.keys(section)) keys.add(key);
      names.set(by, keys);
    }
  }
  return [...names].map(([by, keys]) => ({ by, keys: [...keys] }));
}

function percentWithInterval(figure: Figure | undefined): string {
  if (figure === undefined || Number.isNaN(figure.value)) return ABSENT;
  const { value, low, high } = figure;
  return `${formatPercent(value)}${formatBounds(low, high, formatPercent)}`;
}

/** The first scorer's headline under each condition; undefined with a single condition. */
export function conditionTable(report: EvaluationReport): TextTable | undefined {
  const conditions = Object.entries(report.conditions) as [
    EvaluationCondition,
    NonNullable<EvaluationReport['conditions'][EvaluationCondition]>,
  ][];
  if (conditions.length < 2) return undefined;
  return {
    header: ['shown', conditions[0]![1].scorers[0]?.scorer ?? '', 'items', 'answered'],
    rows: conditions.map(
      ([
        condition,
        {
          scorers: [result],
        },
      ]) => [
        CONDITION_TITLES[condition],
        percentWithInterval(result?.headline),
        String(result?.headline.count ?? 0),
        String((result?.items ?? 0) - silentIn(report, condition)),
      ],
    ),
  };
}

/** Headlines by pass@k and by the majority, one column per scorer; undefined for single answers. */
export function estimateTable(report: EvaluationReport): TextTable | undefined {
  const { scorers = [], estimates } = report.conditions['as-filmed'] ?? {};
  if (estimates === undefined) return undefined;
  const row = (title: string, results: readonly ScorerResult[]) => [
    title,
    ...results.map(({ headline }) => percentWithInterval(headline)),
  ];
  return {
    header: [`${report.samples} answers an item`, ...scorers.map(({ scorer }) => scorer)],
    rows: Object.entries(estimates).map(([name, results]) => row(name, results)),
  };
}

/** Settings in which two evaluations differ, which may explain the difference of their scores. */
export function entryTable(
  differences: readonly EntryDifference[],
  names: readonly [string, string],
): TextTable {
  return {
    header: ['what differs', ...names],
    rows: differences.map(({ entry, first, second }) => [
      entry,
      shownAnswer(first),
      shownAnswer(second),
    ]),
  };
}

/** A sentence on the share of the score that language alone earns; undefined without black frames or counted items. */
export function languageSentence(
  report: EvaluationReport,
  { chance }: Pick<BenchmarkFacts, 'chance'>,
): string | undefined {
  const found = languageShare(report);
  if (found === undefined) return undefined;
  const { full, blank, share } = found;
  const seen = full.value - blank.value;
  if (!Number.isFinite(seen)) return undefined;
  const [guess] = chance;
  return (
    `Of ${formatPercent(full.value)}, ${formatPercent(blank.value)} is left with black frames` +
    (Number.isFinite(share) ? ` (${(100 * share).toFixed(0)} %)` : '') +
    `: language alone; looking adds ${formatPercent(seen)}` +
    (guess === undefined
      ? '.'
      : `. Guessing gives ${guess.percent.toFixed(1)} (${guess.settings ?? guess.source}).`)
  );
}

/** Published scores with settings and source; undefined where there are none. */
export function publishedTable({ chance, published }: BenchmarkFacts): TextTable | undefined {
  const scores = [...chance, ...published];
  if (scores.length === 0) return undefined;
  return {
    header: ['published', '%', 'settings', 'source'],
    rows: scores.map((score: PublishedScore) => [
      score.model,
      score.percent.toFixed(1),
      score.settings ?? 'not told',
      score.reliability === 'primary' ? score.source : `${score.source} (${score.reliability})`,
    ]),
  };
}

/** Longest answer in a list of items; `predictions.jsonl` has the whole ones. */
const SHOWN_ANSWER = 80;

/** An answer on one line, shortened; `–` where there is none. */
export function shownAnswer(answer: string | undefined): string {
  if (answer === undefined) return ABSENT;
  const line = answer.replace(/\s+/gu, ' ').trim();
  return line.length <= SHOWN_ANSWER ? line : `${line.slice(0, SHOWN_ANSWER)}…`;
}

/** First, second, and their paired difference, one row per figure. */
export function differenceTable(
  comparison: ScorerComparison,
  names: readonly [string, string],
): TextTable {
  const row = (title: string, { first, second, change, low, high, counts }: Difference) => [
    title,
    formatPercent(first),
    formatPercent(second),
    Number.isNaN(change)
      ? ABSENT
      : `${change >= 0 ? '+' : ''}${formatPercent(change)}${formatBounds(low, high, formatPercent)}`,
    counts[0] === counts[1] ? String(counts[0]) : counts.join(' / '),
  ];
  return {
    header: [comparison.scorer, ...names, 'change [95 % interval]', 'items'],
    rows: [
      row('headline', comparison.headline),
      ...Object.entries(comparison.estimates ?? {}).map(([name, one]) => row(`  ${name}`, one)),
      ...sectionNames([comparison]).flatMap(({ by, keys }) =>
        keys.map((key) => row(`  ${by}: ${key}`, comparison.sections[by]![key]!)),
      ),
    ],
  };
}
