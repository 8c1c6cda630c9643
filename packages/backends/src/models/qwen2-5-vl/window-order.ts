/**
 * Arranges the patches of a batch for the tower of Qwen2.5-VL. Media follow one another; within a medium, patches are put in
 * *window order*: frame by frame, window by window, merge block by merge block, which is the order in which Qwen2.5-VL
 * groups them for window attention. Frames and windows are then contiguous.
 */
import type { EncodedMedia } from '@loci/core';
import type { VisionConfig } from './config.ts';

/** The arrangement of some media. */
export interface WindowOrder {
  /** For each merged token in window order its place in stored order, over all media. */
  readonly tokenOrder: Int32Array;
  /** Patches of every frame and of every window. */
  readonly lengths: Readonly<Record<'frames' | 'windows', readonly number[]>>;
}

/** Arranges media of these grids, in order. */
export function windowOrder(
  grids: readonly EncodedMedia['grid'][],
  config: VisionConfig,
): WindowOrder {
  const merge = config.spatialMergeSize;
  const side = Math.floor(config.windowSize / (config.patchSize * merge));
  const tokenOrder: number[] = [];
  const frames: number[] = [];
  const windows: number[] = [];
  let base = 0;
  for (const [times, gridHeight, gridWidth] of grids) {
    const [height, width] = [gridHeight / merge, gridWidth / merge];
    for (let frame = 0; frame < times; frame++, base += height * width) {
      frames.push(gridHeight * gridWidth);
      for (let top = 0; top < height; top += side) {
        for (let left = 0; left < width; left += side) {
          const [bottom, right] = [Math.min(top + side, height), Math.min(left + side, width)];
          windows.push((bottom - top) * (right - left) * merge ** 2);
          for (let row = top; row < bottom; row++) {
            for (let column = left; column < right; column++) {
              tokenOrder.push(base + row * width + column);
            }
          }
        }
      }
    }
  }
  return { tokenOrder: Int32Array.from(tokenOrder), lengths: { frames, windows } };
}

/** For each patch in window order its place in stored order. @param unit patches of a merged token. */
export function patchOrder(tokenOrder: Int32Array, unit: number): Int32Array {
  const order = new Int32Array(tokenOrder.length * unit);
  tokenOrder.forEach((token, place) => {
    for (let offset = 0; offset < unit; offset++)
      order[place * unit + offset] = token * unit + offset;
  });
  return order;
}
