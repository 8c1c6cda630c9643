/**
 * Defines kernels that find the cut of a ranking of tokens without sorting it: tokens go into bins by their logits, their measures are
 * summed by bin, and the tokens of one bin are picked out.
 */
import { f32, f32x4, f64, i32, i32x4, repeatWhile, v128 } from '../emit/instructions.ts';
import { kernel } from '../emit/module.ts';
import type { Kernel } from '../emit/module.ts';

/** Writes integers to `y`: `min((most − x) · scale, last)` of `count` numbers, truncated. */
export const bins: Kernel = kernel(
  'bins',
  { x: 'i32', y: 'i32', count: 'i32', most: 'f32', scale: 'f32', last: 'f32' },
  ({ x, y, count, most, scale, last }, local) => {
    const end = local('i32');
    const [from, factor, highest] = [local('v128'), local('v128'), local('v128')];
    const distance = f32x4.multiply(f32x4.subtract(from, v128.load(x)), factor);
    return {
      statements: [
        end.set(i32.add(x, i32.multiply(count, i32.constant(4)))),
        from.set(f32x4.splat(most)),
        factor.set(f32x4.splat(scale)),
        highest.set(f32x4.splat(last)),
        repeatWhile(i32.less(x, end), [
          v128.store(y, i32x4.ofFloats(f32x4.least(distance, highest))),
          x.set(i32.add(x, i32.constant(16))),
          y.set(i32.add(y, i32.constant(16))),
        ]),
      ],
    };
  },
);

/** Adds each of `count` measures to the sum of its bin; sums are of double precision. */
export const addByBin: Kernel = kernel(
  'addByBin',
  { bin: 'i32', measure: 'i32', sums: 'i32', count: 'i32' },
  ({ bin, measure, sums, count }, local) => {
    const [end, sum] = [local('i32'), local('i32')];
    return {
      statements: [
        end.set(i32.add(bin, i32.multiply(count, i32.constant(4)))),
        repeatWhile(i32.less(bin, end), [
          sum.set(i32.add(sums, i32.multiply(i32.load(bin), i32.constant(8)))),
          f64.store(sum, f64.add(f64.load(sum), f64.ofSingle(f32.load(measure)))),
          bin.set(i32.add(bin, i32.constant(4))),
          measure.set(i32.add(measure, i32.constant(4))),
        ]),
      ],
    };
  },
);

/** Writes the ids of the tokens of one bin to `y`, ascending; returns their number. `y` needs room for all and one more. */
export const pickBin: Kernel = kernel(
  'pickBin',
  { bin: 'i32', wanted: 'i32', y: 'i32', count: 'i32' },
  ({ bin, wanted, y, count }, local) => {
    const [id, found] = [local('i32'), local('i32')];
    const inBytes = (number: typeof id) => i32.multiply(number, i32.constant(4));
    return {
      statements: [
        id.set(i32.constant(0)),
        found.set(i32.constant(0)),
        repeatWhile(i32.less(id, count), [
          i32.store(i32.add(y, inBytes(found)), id),
          found.set(i32.add(found, i32.equal(i32.load(i32.add(bin, inBytes(id))), wanted))),
          id.set(i32.add(id, i32.constant(1))),
        ]),
      ],
      result: found,
    };
  },
);
