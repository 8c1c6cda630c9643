/** Defines kernels on single numbers, rows or heads. All widths are multiples of 4. */
import { f32, f32x4, i32, repeatWhile, v128 } from '../emit/instructions.ts';
import type { Expression, Statement, Variable } from '../emit/instructions.ts';
import { kernel } from '../emit/module.ts';
import type { Kernel } from '../emit/module.ts';
import { exponential, MOST_EXPONENT } from './exponential.ts';

const next = (pointer: Variable<'i32'>): Statement =>
  pointer.set(i32.add(pointer, i32.constant(16)));
const endOf = (start: Expression<'i32'>, count: Expression<'i32'>) =>
  i32.add(start, i32.multiply(count, i32.constant(4)));

/** A kernel `y = f(a, b)` over `count` numbers. */
function ofTwo(
  name: string,
  compute: (a: Expression<'v128'>, b: Expression<'v128'>) => Expression<'v128'>,
): Kernel {
  return kernel(
    name,
    { a: 'i32', b: 'i32', y: 'i32', count: 'i32' },
    ({ a, b, y, count }, local) => {
      const end = local('i32');
      return {
        statements: [
          end.set(endOf(a, count)),
          repeatWhile(i32.less(a, end), [
            v128.store(y, compute(v128.load(a), v128.load(b))),
            ...[a, b, y].map(next),
          ]),
        ],
      };
    },
  );
}

/** `y = a + b` */
export const add: Kernel = ofTwo('add', f32x4.add);

/** `y = a ∘ b` */
export const multiply: Kernel = ofTwo('multiply', f32x4.multiply);

/** `y = x · factor` */
export const scale: Kernel = kernel(
  'scale',
  { x: 'i32', y: 'i32', count: 'i32', factor: 'f32' },
  ({ x, y, count, factor }, local) => {
    const [end, factors] = [local('i32'), local('v128')];
    return {
      statements: [
        end.set(endOf(x, count)),
        factors.set(f32x4.splat(factor)),
        repeatWhile(i32.less(x, end), [
          v128.store(y, f32x4.multiply(v128.load(x), factors)),
          ...[x, y].map(next),
        ]),
      ],
    };
  },
);

/** `y = gate / (1 + e^(−gate)) ∘ up` */
export const swiglu: Kernel = kernel(
  'swiglu',
  { gate: 'i32', up: 'i32', y: 'i32', count: 'i32' },
  ({ gate, up, y, count }, local) => {
    const [end, value] = [local('i32'), local('v128')];
    const falling = exponential(
      f32x4.least(f32x4.subtract(v128.zero, value), f32x4.constant(MOST_EXPONENT)),
      local,
    );
    const divisor = f32x4.add(f32x4.constant(1), falling.value);
    return {
      statements: [
        end.set(endOf(gate, count)),
        repeatWhile(i32.less(gate, end), [
          value.set(v128.load(gate)),
          ...falling.before,
          v128.store(y, f32x4.multiply(f32x4.divide(value, divisor), v128.load(up))),
          ...[gate, up, y].map(next),
        ]),
      ],
    };
  },
);

/** Rotates the halves of each of the `heads` heads of a row: `(a, b) → (a·cos − b·sin, b·cos + a·sin)`, `half` numbers each. */
export const rotate: Kernel = kernel(
  'rotate',
  { x: 'i32', cos: 'i32', sin: 'i32', y: 'i32', heads: 'i32', half: 'i32' },
  ({ x, cos, sin, y, heads, half }, local) => {
    const [at, halfBytes] = [local('i32'), local('i32')];
    const [a, b, c, s] = [local('v128'), local('v128'), local('v128'), local('v128')];
    const { add: plus, subtract, multiply: times } = f32x4;
    return {
      statements: [
        halfBytes.set(i32.multiply(half, i32.constant(4))),
        repeatWhile(i32.less(i32.constant(0), heads), [
          at.set(i32.constant(0)),
          repeatWhile(i32.less(at, halfBytes), [
            a.set(v128.load(i32.add(x, at))),
            b.set(v128.load(i32.add(i32.add(x, halfBytes), at))),
            c.set(v128.load(i32.add(cos, at))),
            s.set(v128.load(i32.add(sin, at))),
            v128.store(i32.add(y, at), subtract(times(a, c), times(b, s))),
            v128.store(i32.add(i32.add(y, halfBytes), at), plus(times(b, c), times(a, s))),
            next(at),
          ]),
          ...[x, y].map((pointer) => pointer.set(i32.add(i32.add(pointer, halfBytes), halfBytes))),
          heads.set(i32.subtract(heads, i32.constant(1))),
        ]),
      ],
    };
  },
);

/** `y = x / √(mean(x²) + epsilon) ∘ weight` of `rows` rows of `width` numbers, a multiple of 4. */
export const rmsNorm: Kernel = kernel(
  'rmsNorm',
  { x: 'i32', weight: 'i32', y: 'i32', rows: 'i32', width: 'i32', epsilon: 'f32' },
  ({ x, weight, y, rows, width, epsilon }, local) => {
    const [at, end, weightAt] = [local('i32'), local('i32'), local('i32')];
    const [squares, value, factor] = [local('v128'), local('v128'), local('v128')];
    const size = local('f32');
    const sum = f32x4.first(squares);
    const root = f32.squareRoot(f32.add(f32.multiply(sum, size), epsilon));
    return {
      statements: [
        size.set(f32.divide(f32.constant(1), f32.ofWhole(width))),
        repeatWhile(i32.less(i32.constant(0), rows), [
          end.set(endOf(x, width)),
          at.set(x),
          squares.set(v128.zero),
          repeatWhile(i32.less(at, end), [
            value.set(v128.load(at)),
            squares.set(f32x4.add(squares, f32x4.multiply(value, value))),
            next(at),
          ]),
          squares.set(f32x4.add(squares, v128.shuffle(squares, squares, [2, 3, 0, 1]))),
          squares.set(f32x4.add(squares, v128.shuffle(squares, squares, [1, 0, 3, 2]))),
          factor.set(f32x4.splat(f32.divide(f32.constant(1), root))),
          weightAt.set(weight),
          repeatWhile(i32.less(x, end), [
            value.set(f32x4.multiply(v128.load(x), factor)),
            v128.store(y, f32x4.multiply(value, v128.load(weightAt))),
            next(x),
            next(y),
            next(weightAt),
          ]),
          rows.set(i32.subtract(rows, i32.constant(1))),
        ]),
      ],
    };
  },
);
