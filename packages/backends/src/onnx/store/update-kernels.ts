/**
 * Implements the optimizer's arithmetic as kernels of WebAssembly SIMD: AdamW, the sum of squares, and one array added to another. Every
 * operation is that of `engine/adamw.ts` in the same order, rounded to float32 each time, so that results equal those of a graph exactly.
 */
import { ADAMW_NUMBERS } from '../../engine/adamw.ts';
import type { AdamWNumber } from '../../engine/adamw.ts';
import { f32x4, f64, f64x2, i32, repeatWhile, v128 } from '../../wasm/emit/instructions.ts';
import type { Expression, Statement, Variable } from '../../wasm/emit/instructions.ts';
import { kernel, moduleOf } from '../../wasm/emit/module.ts';
import { Module } from '../../wasm/emit/web-assembly.ts';
import type { UpdateKernels } from '../../graph/engine/runtime-messages.ts';

/** The body for the vectors of each pointer, until the first of them reaches `end`. */
function overVectors(
  pointers: readonly [Variable<'i32'>, ...Variable<'i32'>[]],
  end: Expression<'i32'>,
  body: readonly Statement[],
): Statement {
  const onward = pointers.map((pointer) => pointer.set(i32.add(pointer, i32.constant(16))));
  return repeatWhile(i32.less(pointers[0], end), [...body, ...onward]);
}

const NUMBER_TYPES = Object.fromEntries(
  ADAMW_NUMBERS.map((name) => [name, 'f32'] as const),
) as Readonly<Record<AdamWNumber, 'f32'>>;

/** `adamw(parameters, gradient, mean, square, end of the parameters, numbers …)`: one update in place. */
const adamw = kernel(
  'adamw',
  { parameters: 'i32', gradient: 'i32', mean: 'i32', square: 'i32', end: 'i32', ...NUMBER_TYPES },
  ({ parameters, gradient, mean, square, end, ...numbers }, local) => {
    const [g, m, v] = [local('v128'), local('v128'), local('v128')];
    const { add, subtract, multiply, divide, squareRoot, splat } = f32x4;
    const by = (x: Expression<'v128'>, name: AdamWNumber) => multiply(x, splat(numbers[name]));
    const root = by(squareRoot(v), 'inverseRootCorrection2');
    const step = by(divide(m, add(root, splat(numbers.epsilon))), 'stepSize');
    const update = [
      g.set(by(v128.load(gradient), 'gradientScale')),
      m.set(add(by(v128.load(mean), 'beta1'), by(g, 'oneMinusBeta1'))),
      v.set(add(by(v128.load(square), 'beta2'), by(multiply(g, g), 'oneMinusBeta2'))),
      v128.store(mean, m),
      v128.store(square, v),
      v128.store(parameters, subtract(by(v128.load(parameters), 'decay'), step)),
    ];
    return { statements: [overVectors([parameters, gradient, mean, square], end, update)] };
  },
);

/** `squares(x, end)`: the sum of squares in float64. */
const squares = kernel('squares', { x: 'i32', end: 'i32' }, ({ x, end }, local) => {
  const [value, sum, wide] = [local('v128'), local('v128'), local('v128')];
  const addSquare = (half: Expression<'v128'>) => [
    wide.set(f64x2.ofFirstTwo(half)),
    sum.set(f64x2.add(sum, f64x2.multiply(wide, wide))),
  ];
  const body = [
    value.set(v128.load(x)),
    ...addSquare(value),
    ...addSquare(v128.shuffle(value, value, [2, 3, 0, 1])),
  ];
  return {
    statements: [overVectors([x], end, body)],
    result: f64.add(f64x2.lane(sum, 0), f64x2.lane(sum, 1)),
  };
});

/** `add(target, end of it, x)`: adds x to the target in place. */
const add = kernel('add', { target: 'i32', end: 'i32', x: 'i32' }, ({ target, end, x }) => ({
  statements: [
    overVectors([target, x], end, [v128.store(target, f32x4.add(v128.load(target), v128.load(x)))]),
  ],
}));

/** Compiles the kernels. */
export function updateKernels(): UpdateKernels {
  const module = new Module(moduleOf([adamw, squares, add], { isShared: false }));
  return { module, numbers: ADAMW_NUMBERS };
}
