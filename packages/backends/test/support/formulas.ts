/** Operations by their formulas in float64, one element at a time, for engines to be held against. */
import { elementsOf } from './gradient-check.ts';
import type { TestInputs } from './gradient-check.ts';
import type { Operation } from './operations.ts';

/** Elements of the inputs by name, row-major. */
export type Elements = Readonly<Record<string, ArrayLike<number>>>;

/** An operation on inputs, and what its formula makes of their elements. */
export interface FormulaCase {
  readonly inputs: TestInputs;
  readonly operation: Operation;
  readonly formula: (elements: Elements) => number[];
  /** The largest error that rounding to float32 explains. */
  readonly tolerance: number;
}

/** The largest distance of what an engine gave from the formula; infinite where the sizes differ. */
export function largestError(
  found: ArrayLike<number>,
  { inputs, formula }: Pick<FormulaCase, 'inputs' | 'formula'>,
): number {
  const expected = formula(Object.fromEntries(elementsOf(inputs)));
  if (found.length !== expected.length) return Infinity;
  return Math.max(...expected.map((value, at) => Math.abs(found[at]! - value)));
}

function rowsOf(x: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: x.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => x[row * width + column]!),
  );
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function layerNorm({ x, w, b }: Elements, epsilon: number): number[] {
  return rowsOf(x!, w!.length).flatMap((row) => {
    const middle = mean(row);
    const variance = mean(row.map((value) => (value - middle) ** 2));
    return row.map(
      (value, at) => ((value - middle) / Math.sqrt(variance + epsilon)) * w![at]! + b![at]!,
    );
  });
}

function rmsNorm({ x, w }: Elements, epsilon: number): number[] {
  return rowsOf(x!, w!.length).flatMap((row) => {
    const root = Math.sqrt(mean(row.map((value) => value ** 2)) + epsilon);
    return row.map((value, at) => (value / root) * w![at]!);
  });
}

function geluTanh({ x }: Elements): number[] {
  return Array.from(
    x!,
    (value) =>
      0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3))),
  );
}

/** Log-probabilities of the targets of each row, and then `log Z − Σ p·z`, z the logits less their greatest. */
function tokenFigures({ logits, targets }: Elements, vocabulary: number): number[] {
  const ids = rowsOf(targets!, targets!.length / (logits!.length / vocabulary));
  return rowsOf(logits!, vocabulary).flatMap((row, at) => {
    const most = Math.max(...row);
    const shifted = row.map((value) => value - most);
    const total = shifted.reduce((sum, value) => sum + Math.exp(value), 0);
    const expected = shifted.reduce((sum, value) => sum + (Math.exp(value) / total) * value, 0);
    const logTotal = Math.log(total);
    return [...ids[at]!.map((id) => shifted[id]! - logTotal), logTotal - expected];
  });
}

const affine = { w: { shape: [7], between: [0.5, 1.5] }, b: { shape: [7] } } as const;

/** Cases by what they show. */
export const FORMULAS: readonly (readonly [string, FormulaCase])[] = [
  [
    'layerNorm',
    {
      inputs: { x: { shape: [5, 7], between: [-3, 3] }, ...affine },
      operation: (ops, { x, w, b }) => ops.layerNorm(x!, w!, b!, 1e-6),
      formula: (elements) => layerNorm(elements, 1e-6),
      tolerance: 1e-6,
    },
  ],
  [
    'layerNorm of rows far from zero, whose spread a mean of squares would lose',
    {
      inputs: { x: { shape: [5, 7], between: [3000, 3001] }, ...affine },
      operation: (ops, { x, w, b }) => ops.layerNorm(x!, w!, b!, 1e-6),
      formula: (elements) => layerNorm(elements, 1e-6),
      tolerance: 5e-3,
    },
  ],
  [
    'layerNorm of equal elements, which epsilon keeps finite',
    {
      inputs: { x: { shape: [2, 7], data: new Float32Array(14).fill(0.5) }, ...affine },
      operation: (ops, { x, w, b }) => ops.layerNorm(x!, w!, b!, 1e-6),
      formula: (elements) => layerNorm(elements, 1e-6),
      tolerance: 1e-6,
    },
  ],
  [
    'layerNorm with an epsilon that counts',
    {
      inputs: { x: { shape: [5, 7] }, ...affine },
      operation: (ops, { x, w, b }) => ops.layerNorm(x!, w!, b!, 0.5),
      formula: (elements) => layerNorm(elements, 0.5),
      tolerance: 1e-6,
    },
  ],
  [
    'rmsNorm by head',
    {
      inputs: { x: { shape: [3, 14] }, w: affine.w },
      operation: (ops, { x, w }) =>
        ops.reshape(ops.rmsNorm(ops.reshape(x!, [6, 7]), w!, 1e-6), [3, 14]),
      formula: (elements) => rmsNorm(elements, 1e-6),
      tolerance: 1e-6,
    },
  ],
  [
    'tokenFigures',
    {
      inputs: {
        logits: { shape: [4, 9], between: [-4, 4] },
        targets: { shape: [4, 2], data: Int32Array.of(8, 0, 3, 3, 1, 7, 5, 2) },
      },
      operation: (ops, { logits, targets }) => ops.tokenFigures(logits!, targets!),
      formula: (elements) => tokenFigures(elements, 9),
      tolerance: 2e-6,
    },
  ],
  [
    'tokenFigures where probabilities underflow to 0, and where all are the same',
    {
      inputs: {
        logits: { shape: [2, 4], data: Float32Array.of(300, -300, 0, 299, 7, 7, 7, 7) },
        targets: { shape: [2, 1], data: Int32Array.of(3, 2) },
      },
      operation: (ops, { logits, targets }) => ops.tokenFigures(logits!, targets!),
      formula: (elements) => tokenFigures(elements, 4),
      tolerance: 2e-6,
    },
  ],
  [
    'gelu by tanh',
    {
      inputs: { x: { shape: [8, 16], between: [-6, 6] } },
      operation: (ops, { x }) => ops.gelu(x!, 'tanh'),
      formula: geluTanh,
      tolerance: 2e-6,
    },
  ],
  [
    'gelu by tanh at its ends',
    {
      inputs: { x: { shape: [1, 6], data: Float32Array.of(-60, -15, -1e-4, 0, 15, 60) } },
      operation: (ops, { x }) => ops.gelu(x!, 'tanh'),
      formula: geluTanh,
      tolerance: 1e-6,
    },
  ],
];
