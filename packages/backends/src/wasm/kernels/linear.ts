/**
 * Multiplies a few rows with a weight matrix in its published layout, `[outputs, inputs]` row by row. In both operands the inputs are
 * adjacent, so vectors run along the inputs without a new layout. A tile of rows and outputs is summed at a time, as large as the registers
 * allow. The number of inputs is built in, so all addresses of a tile are constants from two pointers. (With more than one vector of inputs
 * in a turn V8 runs out of registers and takes twice as long.)
 */
import { f32x4, i32, repeatWhile, v128, whileTrue } from '../emit/instructions.ts';
import type { Expression, Statement, Variable } from '../emit/instructions.ts';
import { kernel } from '../emit/module.ts';
import type { Kernel, MakeLocal } from '../emit/module.ts';

/** Outputs of a tile, by its number of rows. */
const OUTPUTS = { 1: 4, 2: 4, 3: 2, 4: 2 } as const;

/** The numbers of rows for one call. */
export type TileRows = keyof typeof OUTPUTS;

/** Most rows of a tile. */
export const MOST_ROWS = 4;

/** Name of the kernel for a number of inputs and rows. */
function linearName(inputs: number, rows: number): string {
  return `linear${inputs}x${rows}`;
}

interface Pointers {
  readonly x: Variable<'i32'>;
  readonly weight: Variable<'i32'>;
  readonly bias: Variable<'i32'>;
  readonly y: Variable<'i32'>;
  readonly yStride: Variable<'i32'>;
  /** The remaining outputs. */
  readonly outputs: Variable<'i32'>;
}

/** Lanes of four vectors, two or one summed up, each to a lane of its own. */
function laneSums(
  sums: readonly Variable<'v128'>[],
  spare: MakeLocal,
): [Statement[], Expression<'v128'>] {
  const [a, b = a, c, d] = sums as [Variable<'v128'>, ...Variable<'v128'>[]];
  const halves = (one: Expression<'v128'>, other: Expression<'v128'>) =>
    f32x4.add(v128.shuffle(one, other, [0, 4, 1, 5]), v128.shuffle(one, other, [2, 6, 3, 7]));
  const first = spare('v128');
  if (!c || !d) {
    const upper = v128.shuffle(first, first, [2, 3, 2, 3]);
    return [[first.set(halves(a, b))], f32x4.add(first, upper)];
  }
  const second = spare('v128');
  return [
    [first.set(halves(a, b)), second.set(halves(c, d))],
    f32x4.add(v128.shuffle(first, second, [0, 1, 4, 5]), v128.shuffle(first, second, [2, 3, 6, 7])),
  ];
}

/** A tile: `rows` rows by `width` outputs, and the pointers moved on to the next one. */
function tile(
  inputs: number,
  rows: number,
  width: number,
  { x, weight, bias, y, yStride, outputs }: Pointers,
  local: MakeLocal,
): readonly Statement[] {
  const [xAt, end, yAt] = [local('i32'), local('i32'), local('i32')];
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  const sums = range(rows).map(() => range(width).map(() => local('v128')));
  const weights = range(width).map(() => local('v128'));
  const value = local('v128');
  const rowBytes = 4 * inputs;
  const add = (sum: Variable<'v128'>, output: number) =>
    sum.set(f32x4.add(sum, f32x4.multiply(value, weights[output]!)));
  const turn = [
    ...weights.map((vector, output) => vector.set(v128.load(weight, output * rowBytes))),
    ...sums.flatMap((own, row) => [
      value.set(v128.load(xAt, row * rowBytes)),
      ...own.map((sum, output) => add(sum, output)),
    ]),
    xAt.set(i32.add(xAt, i32.constant(16))),
    weight.set(i32.add(weight, i32.constant(16))),
  ];
  const put = width === 4 ? v128.store : width === 2 ? v128.storeFirstTwo : v128.storeFirst;
  return [
    ...sums.flatMap((own) => own.map((sum, output) => sum.set(v128.loadZero(bias, 4 * output)))),
    xAt.set(x),
    end.set(i32.add(x, i32.constant(rowBytes))),
    repeatWhile(i32.less(xAt, end), turn),
    yAt.set(y),
    ...sums.flatMap((own) => {
      const [before, summed] = laneSums(own, local);
      return [...before, put(yAt, summed), yAt.set(i32.add(yAt, yStride))];
    }),
    weight.set(i32.add(weight, i32.constant((width - 1) * rowBytes))),
    bias.set(i32.add(bias, i32.constant(4 * width))),
    y.set(i32.add(y, i32.constant(4 * width))),
    outputs.set(i32.subtract(outputs, i32.constant(width))),
  ];
}

/**
 * `y = x · weightᵀ + bias` for `x [rows, inputs]`, `weight [outputs, inputs]` and `bias [outputs]`, with `yStride` bytes from
 * row to row of `y`.
 *
 * @param inputs a multiple of 4.
 */
export function linear(inputs: number, rows: TileRows): Kernel {
  const parameters = {
    x: 'i32',
    weight: 'i32',
    bias: 'i32',
    y: 'i32',
    yStride: 'i32',
    outputs: 'i32',
  } as const;
  return kernel(linearName(inputs, rows), parameters, (pointers, local) => {
    const width = OUTPUTS[rows];
    const { outputs } = pointers;
    return {
      statements: [
        whileTrue(
          i32.less(i32.constant(width - 1), outputs),
          tile(inputs, rows, width, pointers, local),
        ),
        whileTrue(i32.less(i32.constant(0), outputs), tile(inputs, rows, 1, pointers, local)),
      ],
    };
  });
}
