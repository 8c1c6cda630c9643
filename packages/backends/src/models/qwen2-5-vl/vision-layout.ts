/**
 * How the patches of a batch are arranged for the vision tower. Media follow one another; within a medium, patches are put in
 * *window order*: frame by frame, window by window, merge block by merge block, which is the order in which Qwen2.5-VL
 * groups them for window attention. Frames and windows are then contiguous runs. Where runs differ in length they are padded
 * to the longest one, never joined: attention costs the sum over runs, not the square of all patches.
 */
import type { EncodedMedia } from '@loci/core';
import type { VisionConfig } from './config.ts';
import type { DeclareInput, HostTensor } from '../../ops/host-tensor.ts';
import { concatenate, MASKED, pickRows } from '../../ops/host-tensor.ts';
import { visionRotary } from './positions.ts';
import type { SegmentInputs, VisionInputs } from './vision.ts';
import type { RowPermutation } from '../../ops/tensor-ops.ts';

/** Static sizes of a cut into segments. */
export interface SegmentLayout {
  readonly segments: number;
  /** Patches of the longest segment. */
  readonly length: number;
  /** Whether some segment is shorter, so that rows of zeros fill it up. */
  readonly padded: boolean;
}

/** Static sizes of the media of a batch: all that an engine's graph depends on. */
export interface VisionLayout {
  readonly patches: number;
  readonly frames: SegmentLayout;
  readonly windows: SegmentLayout;
}

/** The arrangement itself. */
export interface VisionPlan {
  readonly layout: VisionLayout;
  /** For each merged token in window order its place in stored order, over all media. */
  readonly tokenOrder: Int32Array;
  readonly frameLengths: readonly number[];
  readonly windowLengths: readonly number[];
}

function segmentLayout(lengths: readonly number[]): SegmentLayout {
  const length = lengths.reduce((longest, own) => Math.max(longest, own), 0);
  return { segments: lengths.length, length, padded: lengths.some((own) => own !== length) };
}

/** Arranges media of these grids, in order. */
export function planVision(
  grids: readonly EncodedMedia['grid'][],
  config: VisionConfig,
): VisionPlan {
  const merge = config.spatialMergeSize;
  const side = Math.floor(config.windowSize / (config.patchSize * merge));
  const tokenOrder: number[] = [];
  const frameLengths: number[] = [];
  const windowLengths: number[] = [];
  let base = 0;
  for (const [frames, gridHeight, gridWidth] of grids) {
    const [height, width] = [gridHeight / merge, gridWidth / merge];
    for (let frame = 0; frame < frames; frame++, base += height * width) {
      frameLengths.push(gridHeight * gridWidth);
      for (let top = 0; top < height; top += side) {
        for (let left = 0; left < width; left += side) {
          const [bottom, right] = [Math.min(top + side, height), Math.min(left + side, width)];
          windowLengths.push((bottom - top) * (right - left) * merge ** 2);
          for (let row = top; row < bottom; row++) {
            for (let column = left; column < right; column++) {
              tokenOrder.push(base + row * width + column);
            }
          }
        }
      }
    }
  }
  return {
    layout: {
      patches: base * merge ** 2,
      frames: segmentLayout(frameLengths),
      windows: segmentLayout(windowLengths),
    },
    tokenOrder: Int32Array.from(tokenOrder),
    frameLengths,
    windowLengths,
  };
}

/** Padded place of every patch (`index`) and patch of every padded place (`inverse`), with −1 for padding. */
function padSegments(lengths: readonly number[], { length }: SegmentLayout) {
  const source = new Int32Array(lengths.length * length).fill(-1);
  const target: number[] = [];
  lengths.forEach((own, segment) => {
    for (let offset = 0; offset < own; offset++) {
      source[segment * length + offset] = target.length;
      target.push(segment * length + offset);
    }
  });
  return { source, target: Int32Array.from(target) };
}

/** Values of a patch. */
export function patchValues({ inChannels, temporalPatchSize, patchSize }: VisionConfig): number {
  return inChannels * temporalPatchSize * patchSize ** 2;
}

const CUTS = ['frames', 'windows'] as const;

/** Declares the tower's inputs for a layout. */
export function declareVision<T>(
  layout: VisionLayout,
  config: VisionConfig,
  declare: DeclareInput<T>,
): VisionInputs<T> {
  const { patches } = layout;
  const values = patchValues(config);
  const frequencies = config.hiddenSize / config.heads / 2;
  const tables = (name: string, rows: number) => ({
    cos: declare(`${name}.cos`, [rows, frequencies], 'float32'),
    sin: declare(`${name}.sin`, [rows, frequencies], 'float32'),
  });
  const common = CUTS.some((cut) => !layout[cut].padded) ? tables('vision', patches) : undefined;
  const cutInputs = (cut: (typeof CUTS)[number]): SegmentInputs<T> => {
    const own = layout[cut];
    const name = `vision.${cut}`;
    if (!own.padded) return { layout: own, rotary: common! };
    const rows = own.segments * own.length;
    const index = declare(`${name}.index`, [rows], 'int32');
    const inverse = declare(`${name}.inverse`, [patches], 'int32');
    const permutation: RowPermutation<T> = { index, inverse, hasZeroRows: true, leavesOut: false };
    return {
      layout: own,
      rotary: tables(name, rows),
      padding: {
        permutation,
        inverse: { index: inverse, inverse: index, hasZeroRows: false, leavesOut: true },
        keyMask: declare(`${name}.keyMask`, [own.segments, own.length], 'float32'),
      },
    };
  };
  return {
    pixels: declare('vision.pixels', [patches, values], 'float32'),
    frames: cutInputs('frames'),
    windows: cutInputs('windows'),
  };
}

/** The values of the inputs that `declareVision` declares, for these media. */
export function visionTensors(
  { layout, tokenOrder, frameLengths, windowLengths }: VisionPlan,
  media: readonly EncodedMedia[],
  config: VisionConfig,
): Record<string, HostTensor> {
  const unit = config.spatialMergeSize ** 2;
  const order = new Int32Array(layout.patches);
  tokenOrder.forEach((token, place) => {
    for (let offset = 0; offset < unit; offset++)
      order[place * unit + offset] = token * unit + offset;
  });
  const values = patchValues(config);
  const pixels = concatenate(media.map(({ patches }) => patches));
  const rotary = media.map(({ grid }) => visionRotary(grid, config));
  const frequencies = config.hiddenSize / config.heads / 2;
  const stored = {
    cos: concatenate(rotary.map(({ cos }) => cos)),
    sin: concatenate(rotary.map(({ sin }) => sin)),
  };
  const tables = (name: string, rows: Int32Array) => ({
    [`${name}.cos`]: {
      shape: [rows.length, frequencies],
      data: pickRows(stored.cos, frequencies, rows),
    },
    [`${name}.sin`]: {
      shape: [rows.length, frequencies],
      data: pickRows(stored.sin, frequencies, rows),
    },
  });
  const padding = (name: string, lengths: readonly number[], cut: SegmentLayout) => {
    const { source, target } = padSegments(lengths, cut);
    const rows = source.length;
    return {
      ...tables(
        name,
        source.map((patch) => (patch < 0 ? -1 : order[patch]!)),
      ),
      [`${name}.index`]: {
        shape: [rows],
        data: source.map((patch) => (patch < 0 ? layout.patches : patch)),
      },
      [`${name}.inverse`]: { shape: [layout.patches], data: target },
      [`${name}.keyMask`]: {
        shape: [cut.segments, cut.length],
        data: Float32Array.from(source, (patch) => (patch < 0 ? MASKED : 0)),
      },
    };
  };
  return {
    'vision.pixels': { shape: [layout.patches, values], data: pickRows(pixels, values, order) },
    ...(CUTS.some((cut) => !layout[cut].padded) ? tables('vision', order) : {}),
    ...(layout.frames.padded ? padding('vision.frames', frameLengths, layout.frames) : {}),
    ...(layout.windows.padded ? padding('vision.windows', windowLengths, layout.windows) : {}),
  };
}

/** Features in window order, `[merged tokens, width]`, put into the order in which the tokens stand in a prompt. */
export function inStoredOrder(
  windowed: Float32Array,
  { tokenOrder }: Pick<VisionPlan, 'tokenOrder'>,
  width: number,
): Float32Array {
  const stored = new Float32Array(windowed.length);
  tokenOrder.forEach((token, place) => {
    stored.set(windowed.subarray(place * width, (place + 1) * width), token * width);
  });
  return stored;
}
