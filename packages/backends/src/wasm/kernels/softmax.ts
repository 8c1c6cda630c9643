/** Defines kernels over a row of logits or scores. Rows end in room for four more numbers, which the kernels overwrite. */
import { f32x4, f64, f64x2, i32, repeatWhile, v128 } from '../emit/instructions.ts';
import type { Expression, Statement, Variable } from '../emit/instructions.ts';
import { kernel } from '../emit/module.ts';
import type { Kernel, MakeLocal } from '../emit/module.ts';
import { exponential } from './exponential.ts';

/** The padding after a row in place of −∞: its eˣ is 0. */
const BEHIND = -1e30;

const next = (pointer: Variable<'i32'>): Statement =>
  pointer.set(i32.add(pointer, i32.constant(16)));
const endOf = (start: Expression<'i32'>, count: Expression<'i32'>) =>
  i32.add(start, i32.multiply(count, i32.constant(4)));

/** Pads a row and finds its largest number, which is then in all lanes of `largest`. */
function findLargest(
  x: Expression<'i32'>,
  end: Variable<'i32'>,
  largest: Variable<'v128'>,
  local: MakeLocal,
): readonly Statement[] {
  const at = local('i32');
  return [
    v128.store(end, f32x4.constant(BEHIND)),
    largest.set(f32x4.constant(BEHIND)),
    at.set(x),
    repeatWhile(i32.less(at, end), [largest.set(f32x4.most(largest, v128.load(at))), next(at)]),
    largest.set(f32x4.most(largest, v128.shuffle(largest, largest, [2, 3, 0, 1]))),
    largest.set(f32x4.most(largest, v128.shuffle(largest, largest, [1, 0, 3, 2]))),
  ];
}

/** `softmax` of the `count` numbers at `x`, in their place. */
export const softmax: Kernel = kernel(
  'softmax',
  { x: 'i32', count: 'i32' },
  ({ x, count }, local) => {
    const [at, end] = [local('i32'), local('i32')];
    const [largest, total] = [local('v128'), local('v128')];
    const weight = exponential(f32x4.subtract(v128.load(at), largest), local);
    const made = local('v128');
    return {
      statements: [
        end.set(endOf(x, count)),
        ...findLargest(x, end, largest, local),
        total.set(v128.zero),
        at.set(x),
        repeatWhile(i32.less(at, end), [
          ...weight.before,
          made.set(weight.value),
          total.set(f32x4.add(total, made)),
          v128.store(at, made),
          next(at),
        ]),
        total.set(f32x4.add(total, v128.shuffle(total, total, [2, 3, 0, 1]))),
        total.set(f32x4.add(total, v128.shuffle(total, total, [1, 0, 3, 2]))),
        total.set(f32x4.divide(f32x4.constant(1), total)),
        at.set(x),
        repeatWhile(i32.less(at, end), [
          v128.store(at, f32x4.multiply(v128.load(at), total)),
          next(at),
        ]),
      ],
    };
  },
);

/** The largest of the `count` numbers at `x`. */
export const largest: Kernel = kernel(
  'largest',
  { x: 'i32', count: 'i32' },
  ({ x, count }, local) => {
    const end = local('i32');
    const found = local('v128');
    return {
      statements: [end.set(endOf(x, count)), ...findLargest(x, end, found, local)],
      result: f32x4.first(found),
    };
  },
);

/** `y = e^((x − most) · factor)` of `count` numbers; returns their sum, in double precision. */
export const weights: Kernel = kernel(
  'weights',
  { x: 'i32', y: 'i32', count: 'i32', most: 'f32', factor: 'f32' },
  ({ x, y, count, most, factor }, local) => {
    const end = local('i32');
    const [shift, scale, made] = [local('v128'), local('v128'), local('v128')];
    const [low, high] = [local('v128'), local('v128')];
    const weight = exponential(f32x4.multiply(f32x4.subtract(v128.load(x), shift), scale), local);
    const upper = v128.shuffle(made, made, [2, 3, 2, 3]);
    return {
      statements: [
        end.set(endOf(x, count)),
        shift.set(f32x4.splat(most)),
        scale.set(f32x4.splat(factor)),
        v128.store(end, f32x4.constant(BEHIND)),
        low.set(v128.zero),
        high.set(v128.zero),
        repeatWhile(i32.less(x, end), [
          ...weight.before,
          made.set(weight.value),
          v128.store(y, made),
          low.set(f64x2.add(low, f64x2.ofFirstTwo(made))),
          high.set(f64x2.add(high, f64x2.ofFirstTwo(upper))),
          next(x),
          next(y),
        ]),
        low.set(f64x2.add(low, high)),
      ],
      result: f64.add(f64x2.lane(low, 0), f64x2.lane(low, 1)),
    };
  },
);
