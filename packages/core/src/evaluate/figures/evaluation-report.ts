/** The report of an evaluation: the figures of every scorer under every condition, with the controls and counts that qualify them. */
import { deriveSeed } from '../../random/seed.ts';
import type { Benchmark, EvaluationCondition, ScoreFigure, Scorer } from '../../spec/index.ts';
import { EVALUATION_CONDITIONS } from '../items/conditions.ts';
import type { PredictionRow } from '../store/predictions.ts';
import { samplesOf } from './comparison.ts';
import { constantControl } from './constant-control.ts';
import type { ConstantControl } from './constant-control.ts';
import { meansOf } from './means.ts';
import type { Means } from './means.ts';
import { scoreTable } from './score-table.ts';
import type { ScorerResult } from './score-table.ts';
import { estimatorsOf } from './several-answers.ts';
import { shownMedia, spentTokens } from './shown-and-spent.ts';
import type { ShownFrames, SpentTokens } from './shown-and-spent.ts';
import { collapseItems, judge, meanVerdict } from './verdicts.ts';
import type { JudgedRow } from './verdicts.ts';

/** An item without an answer. */
export interface SilentItem {
  readonly condition: EvaluationCondition;
  readonly id: string;
  readonly reason: string;
}

/** The figures under one condition. With several answers to an item, the item's score is their mean. */
export interface ConditionReport {
  /** Plain means of the first scorer's score and of all measures, over the items that were not skipped. */
  readonly means: Means;
  /** The headline of each scorer, in the benchmark's order. */
  readonly scorers: readonly ScorerResult[];
  /** With several answers: the same by pass@k and by the majority. */
  readonly estimates?: Readonly<Record<string, readonly ScorerResult[]>>;
}

/** See the head of this file. */
export interface EvaluationReport {
  readonly items: number;
  /** Answers to each item. */
  readonly samples: number;
  readonly conditions: Readonly<Partial<Record<EvaluationCondition, ConditionReport>>>;
  readonly constant: ConstantControl;
  /** Skipped: too long, missing or unreadable. */
  readonly notAsked: readonly SilentItem[];
  /** The model gave no answer. */
  readonly failed: readonly SilentItem[];
  /** Answers that were cut at the token limit. */
  readonly cutOff: number;
  readonly shown: ShownFrames;
  /** Absent when tokens are not counted. */
  readonly spent?: SpentTokens;
}

/** Scores rows and reports their figures, without the model or the data. */
export function evaluationReport(
  { scorers }: Pick<Benchmark, 'scorers'>,
  rows: Iterable<PredictionRow>,
  seed: number,
): EvaluationReport {
  const all = [...rows];
  const conditions: Partial<Record<EvaluationCondition, ConditionReport>> = {};
  for (const condition of EVALUATION_CONDITIONS) {
    const own = all.filter((row) => row.condition === condition);
    if (own.length > 0) conditions[condition] = conditionReport(scorers, own, condition, seed);
  }
  const filmed = all.filter(({ condition, prediction }) => {
    return condition === 'as-filmed' && prediction.status !== 'not-asked';
  });
  const items = new Map(filmed.map(({ item }) => [item.id, item]));
  const spent = spentTokens(all);
  return {
    items: new Set(all.map(({ item }) => item.id)).size,
    samples: samplesOf(all),
    conditions,
    constant: constantControl(scorers[0], [...items.values()]),
    notAsked: silent(all, 'not-asked'),
    failed: silent(all, 'failed'),
    cutOff: all.filter(({ finishReason }) => finishReason === 'length').length,
    shown: shownMedia(all),
    ...(spent && { spent }),
  };
}

function conditionReport(
  scorers: Benchmark['scorers'],
  rows: readonly PredictionRow[],
  condition: EvaluationCondition,
  seed: number,
): ConditionReport {
  const draws = deriveSeed(seed, 'report', condition);
  const judged = scorers.map((scorer) => ({ scorer, verdicts: judge(scorer, rows) }));
  const tables = (collapse: typeof meanVerdict): readonly ScorerResult[] =>
    judged.map(({ scorer, verdicts }) =>
      scoreTable(scorer, collapseItems(verdicts, collapse), draws),
    );
  const estimates = estimatorsOf(samplesOf(rows)).map(
    ({ name, collapse }) => [name, tables(collapse)] as const,
  );
  return {
    means: meansOf(askedItems(scorers[0], rows), seed),
    scorers: tables(meanVerdict),
    ...(estimates.length > 0 && { estimates: Object.fromEntries(estimates) }),
  };
}

/** The items that were not skipped, each with the mean verdict of its answers; plain means are taken over them. */
export function askedItems(scorer: Scorer, rows: Iterable<PredictionRow>): readonly JudgedRow[] {
  const asked = [...rows].filter(({ prediction }) => prediction.status !== 'not-asked');
  return collapseItems(judge(scorer, asked), meanVerdict);
}

/** The share of a headline that needs no video. */
export interface LanguageShare {
  /** Headline with the frames as filmed. */
  readonly full: ScoreFigure;
  /** The same with black frames, so from question and options alone. */
  readonly blank: ScoreFigure;
  /** `blank / full`; NaN when nothing was scored. */
  readonly share: number;
}

/**
 * The share of the first scorer's headline that language alone explains. Undefined without the condition `blank`, and when `blank` has more
 * items without an answer than `as-filmed`: those score 0, but not because the model looks.
 */
export function languageShare(report: EvaluationReport): LanguageShare | undefined {
  const full = report.conditions['as-filmed']?.scorers[0]?.headline;
  const blank = report.conditions.blank?.scorers[0]?.headline;
  if (!full || !blank || silentIn(report, 'blank') > silentIn(report, 'as-filmed'))
    return undefined;
  return { full, blank, share: blank.value / full.value };
}

/** Items without an answer under a condition. */
export function silentIn(
  { notAsked, failed }: Pick<EvaluationReport, 'notAsked' | 'failed'>,
  condition: EvaluationCondition,
): number {
  return [...notAsked, ...failed].filter((item) => item.condition === condition).length;
}

function silent(
  rows: readonly PredictionRow[],
  status: 'not-asked' | 'failed',
): readonly SilentItem[] {
  return rows.flatMap(({ condition, item: { id }, prediction }) =>
    prediction.status === status ? [{ condition, id, reason: prediction.reason }] : [],
  );
}
