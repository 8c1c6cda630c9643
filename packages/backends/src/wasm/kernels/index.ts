/** Collects all kernels for a model's step. */
import type { Kernel } from '../emit/module.ts';
import { add, multiply, rmsNorm, rotate, scale, swiglu } from './elementwise.ts';
import { linear } from './linear.ts';
import { addByBin, bins, pickBin } from './ranking.ts';
import { largest, softmax, weights } from './softmax.ts';
import { QUERY_TILES, weightedValues } from './weighted-values.ts';

/** Kernels for numbers of inputs and sizes of heads, all multiples of 4. */
export function kernelsFor(inputs: readonly number[], headDim: number): readonly Kernel[] {
  return [
    ...[add, multiply, scale, swiglu, rotate, rmsNorm, softmax, largest, weights],
    ...[bins, addByBin, pickBin],
    ...[...new Set([...inputs, headDim])].flatMap((count) =>
      ([1, 2, 3, 4] as const).map((rows) => linear(count, rows)),
    ),
    ...QUERY_TILES.map((queries) => weightedValues(headDim, queries)),
  ];
}
