/** The media that the model saw, and the tokens that its answers used. */
import type { PredictionRow } from '../store/predictions.ts';

/** Numbers and sizes of the frames that the model saw. */
export interface ShownFrames {
  /** Fewest and most of a video; absent when no video was shown, or the number is unknown. */
  readonly frames?: readonly [least: number, most: number];
  /** Whether videos were shown as videos or as lists of images; absent when the policy does not record it, and when both occur. */
  readonly as?: 'video' | 'images';
  /** Sizes of frames and images, most frequent first. */
  readonly sizes: readonly {
    readonly width: number;
    readonly height: number;
    readonly media: number;
  }[];
}

/** Tokens and money that answers used. Cached answers count as none. */
export interface SpentTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Absent without prices. */
  readonly cost?: number;
  /** Answers that came from a cache. */
  readonly cached: number;
}

/** The media shown under the condition `as-filmed`. */
export function shownMedia(rows: readonly PredictionRow[]): ShownFrames {
  let least = Infinity;
  let most = -Infinity;
  const ways = new Set<ShownFrames['as']>();
  const sizes = new Map<string, { width: number; height: number; media: number }>();
  for (const { condition, shown } of rows) {
    if (condition !== 'as-filmed') continue;
    for (const { kind, as, frames, width, height } of shown) {
      if (kind === 'video') ways.add(as);
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
  const [as, ...others] = ways;
  return {
    ...(as !== undefined && others.length === 0 && { as }),
    ...(most > 0 && { frames: [least, most] as const }),
    sizes: [...sizes.values()].sort((a, b) => b.media - a.media),
  };
}

/** The tokens that answers used; undefined when the policy does not count them. */
export function spentTokens(rows: readonly PredictionRow[]): SpentTokens | undefined {
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
