/** What the model saw of the media, and what its answers took. */
import type { PredictionRow } from '../store/predictions.ts';

/** How many frames of which size were shown. */
export interface ShownFrames {
  /** Fewest and most of a video; absent when no video was shown, or their number is not known. */
  readonly frames?: readonly [least: number, most: number];
  /** Whether videos were shown as such or as lists of images; absent where policies do not note it, and where both were. */
  readonly as?: 'video' | 'images';
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

/** What was shown as filmed. */
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

/** What answers took; undefined where nobody counted. */
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
