/** What an evaluation found: the figures of every scorer in every pass, and all that must be told beside them. */
import { deriveSeed } from '../random/seed.ts';
import type { Benchmark, ScoreFigure } from '../spec/index.ts';
import { EVALUATION_PASSES } from './passes.ts';
import type { EvaluationPass } from './passes.ts';
import type { PredictionRow } from './predictions.ts';
import { judge, scoreTable } from './score-table.ts';
import type { ScorerResult } from './score-table.ts';

/** An item without an answer. */
export interface SilentItem {
  readonly pass: EvaluationPass;
  readonly id: string;
  readonly reason: string;
}

/** How many frames of which size were shown. */
export interface ShownFrames {
  /** Fewest and most of a video; absent when no video was shown, or their number is not known. */
  readonly frames?: readonly [least: number, most: number];
  /** Sizes of frames and images, most frequent first. */
  readonly sizes: readonly {
    readonly width: number;
    readonly height: number;
    readonly media: number;
  }[];
}

/** Tokens and money that answers took; those that were kept from before took none. */
export interface SpentTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Absent without prices. */
  readonly cost?: number;
  /** Answers that were kept from before. */
  readonly cached: number;
}

/** See the head of this file. */
export interface BenchmarkReport {
  readonly items: number;
  /** By pass, the scorers in the benchmark's order. */
  readonly passes: Readonly<Partial<Record<EvaluationPass, readonly ScorerResult[]>>>;
  /** Not asked, by reason of their own. */
  readonly notAsked: readonly SilentItem[];
  /** Asked in vain. */
  readonly failed: readonly SilentItem[];
  /** Answers that were cut at the token limit. */
  readonly cutOff: number;
  readonly shown: ShownFrames;
  /** Absent where tokens are not counted. */
  readonly spent?: SpentTokens;
}

/** Scores rows anew; needs no model and no data. */
export function benchmarkReport(
  { scorers }: Pick<Benchmark, 'scorers'>,
  rows: Iterable<PredictionRow>,
  seed: number,
): BenchmarkReport {
  const all = [...rows];
  const passes: Partial<Record<EvaluationPass, readonly ScorerResult[]>> = {};
  for (const pass of EVALUATION_PASSES) {
    const own = all.filter((row) => row.pass === pass);
    if (own.length === 0) continue;
    passes[pass] = scorers.map((scorer) =>
      scoreTable(scorer, judge(scorer, own), deriveSeed(seed, 'report', pass)),
    );
  }
  const spent = spentTokens(all);
  return {
    items: new Set(all.map(({ item }) => item.id)).size,
    passes,
    notAsked: silent(all, 'not-asked'),
    failed: silent(all, 'failed'),
    cutOff: all.filter(({ finishReason }) => finishReason === 'length').length,
    shown: shownFrames(all),
    ...(spent && { spent }),
  };
}

/** What a headline owes to what. */
export interface LanguageShare {
  /** Headline with the frames as filmed. */
  readonly full: ScoreFigure;
  /** The same with black frames: what the question and the options alone give away. */
  readonly blank: ScoreFigure;
  /** `blank / full`; NaN when nothing was scored. */
  readonly share: number;
}

/**
 * What the score of the first scorer owes to language alone; undefined unless items were asked with black frames too, and of those no more
 * went without an answer: what was not asked scores nothing, and not because the model looks.
 */
export function languageShare(report: BenchmarkReport): LanguageShare | undefined {
  const full = report.passes['as-filmed']?.[0]?.headline;
  const blank = report.passes.blank?.[0]?.headline;
  if (!full || !blank || silentIn(report, 'blank') > silentIn(report, 'as-filmed'))
    return undefined;
  return { full, blank, share: blank.value / full.value };
}

/** Items without an answer in a pass. */
export function silentIn(
  { notAsked, failed }: Pick<BenchmarkReport, 'notAsked' | 'failed'>,
  pass: EvaluationPass,
): number {
  return [...notAsked, ...failed].filter((item) => item.pass === pass).length;
}

function silent(
  rows: readonly PredictionRow[],
  status: 'not-asked' | 'failed',
): readonly SilentItem[] {
  return rows.flatMap(({ pass, item: { id }, prediction }) =>
    prediction.status === status ? [{ pass, id, reason: prediction.reason }] : [],
  );
}

function shownFrames(rows: readonly PredictionRow[]): ShownFrames {
  let least = Infinity;
  let most = -Infinity;
  const sizes = new Map<string, { width: number; height: number; media: number }>();
  for (const { pass, shown } of rows) {
    if (pass !== 'as-filmed') continue;
    for (const { kind, frames, width, height } of shown) {
      if (kind === 'video' && frames !== undefined) {
        least = Math.min(least, frames);
        most = Math.max(most, frames);
      }
      if (width === undefined || height === undefined) continue;
      const size = sizes.get(`${width}x${height}`);
      if (size) size.media++;
      else sizes.set(`${width}x${height}`, { width, height, media: 1 });
    }
  }
  return {
    ...(most > 0 && { frames: [least, most] as const }),
    sizes: [...sizes.values()].sort((a, b) => b.media - a.media),
  };
}

function spentTokens(rows: readonly PredictionRow[]): SpentTokens | undefined {
  const usages = rows.flatMap(({ usage }) => usage ?? []);
  if (usages.length === 0) return undefined;
  const paid = usages.filter(({ cached }) => !cached);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const costs = usages.flatMap(({ cost }) => cost ?? []);
  return {
    promptTokens: sum(paid.map(({ promptTokens }) => promptTokens)),
    completionTokens: sum(paid.map(({ completionTokens }) => completionTokens)),
    cached: usages.length - paid.length,
    ...(costs.length > 0 && { cost: sum(costs) }),
  };
}
