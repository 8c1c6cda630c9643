/**
 * Computes `eˣ` of four numbers at once, as in Cephes' `expf` (S. L. Moshier, 1992): x = n · log 2 + r with an integer n and |r| ≤ ½ log 2,
 * eʳ by a polynomial, 2ⁿ by the exponent's bits. The relative error is below 2·10⁻⁷.
 */
import { f32x4, i32x4, v128 } from '../emit/instructions.ts';
import type { Expression, Statement } from '../emit/instructions.ts';
import type { MakeLocal } from '../emit/module.ts';

/** Below it eˣ is subnormal, and 0 here. */
const LEAST = -87.3;

/** The largest x; beyond it eˣ would be infinite. */
export const MOST_EXPONENT = 88;

/** log 2 in two parts, the first of few bits, so that its product with n is exact. */
const LOG_2 = [0.693359375, -2.1219444e-4] as const;

/** 1.5 · 2²³: adding a small number to it rounds that to an integer in the lowest bits. */
const ROUNDER = 12582912;

/** The exponent's bits of 1. */
const ONE = 0x3f800000;

/** Coefficients of (eʳ − 1 − r) / r², the highest first. */
const POLYNOMIAL = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
  5.0000001201e-1,
] as const;

/** Statements that come first, and then `eˣ`. @param x at most `MOST_EXPONENT`. */
export function exponential(
  x: Expression<'v128'>,
  local: MakeLocal,
): { readonly before: readonly Statement[]; readonly value: Expression<'v128'> } {
  const [given, rounded, rest, sum] = [local('v128'), local('v128'), local('v128'), local('v128')];
  const { constant, add, subtract, multiply } = f32x4;
  const whole = local('v128');
  const part = (index: 0 | 1) => multiply(whole, constant(LOG_2[index]));
  const power = i32x4.add(i32x4.shiftLeft(rounded, 23), i32x4.constant(ONE));
  const [highest, ...lower] = POLYNOMIAL;
  return {
    before: [
      given.set(x),
      rest.set(f32x4.most(given, constant(LEAST))),
      rounded.set(add(multiply(rest, constant(Math.LOG2E)), constant(ROUNDER))),
      whole.set(subtract(rounded, constant(ROUNDER))),
      rest.set(subtract(subtract(rest, part(0)), part(1))),
      sum.set(constant(highest)),
      ...lower.map((coefficient) => sum.set(add(multiply(sum, rest), constant(coefficient)))),
      sum.set(add(add(multiply(multiply(rest, rest), sum), rest), constant(1))),
    ],
    value: v128.and(multiply(sum, power), f32x4.greater(given, constant(LEAST))),
  };
}
