/** Computes the second product of attention: weighted sums of a head's values. */
import { f32x4, i32, repeatWhile, v128 } from '../emit/instructions.ts';
import { kernel } from '../emit/module.ts';
import type { Kernel } from '../emit/module.ts';

/** Most vectors of a head that are summed at a time. */
const MOST_VECTORS = 4;

/** The numbers of queries for one call. */
export const QUERY_TILES = [1, 2] as const;

/** Name of the kernel for heads of a size and a number of queries. */
function weightedName(headSize: number, queries: number): string {
  return `weighted${headSize}x${queries}`;
}

/** The largest number up to `MOST_VECTORS` that divides a head's vectors. */
function blockOf(vectors: number): number {
  let block = Math.min(MOST_VECTORS, vectors);
  while (vectors % block !== 0) block--;
  return block;
}

/**
 * `y = before + p · values` for `p [queries, tokens]`, its rows `stride` bytes apart, `values [tokens, headSize]`, and `before`
 * and `y [queries, headSize]`.
 *
 * @param headSize a multiple of 4.
 */
export function weightedValues(headSize: number, queries: (typeof QUERY_TILES)[number]): Kernel {
  const vectors = headSize / 4;
  const block = blockOf(vectors);
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  return kernel(
    weightedName(headSize, queries),
    { p: 'i32', stride: 'i32', values: 'i32', before: 'i32', y: 'i32', tokens: 'i32' },
    ({ p, stride, values, before, y, tokens }, local) => {
      const [at, valueAt, end] = [local('i32'), local('i32'), local('i32')];
      const parts = range(block).map(() => local('v128'));
      const sums = range(queries).map(() => range(block).map(() => local('v128')));
      const weight = local('v128');
      const address = (query: number, part: number) => 4 * headSize * query + 16 * part;
      const blocks = range(vectors / block).map((index) => [
        ...sums.flatMap((own, query) =>
          own.map((sum, part) => sum.set(v128.load(before, address(query, index * block + part)))),
        ),
        at.set(p),
        valueAt.set(values),
        repeatWhile(i32.less(at, end), [
          ...parts.map((part, place) =>
            part.set(v128.load(valueAt, address(0, index * block + place))),
          ),
          ...sums.flatMap((own, query) => [
            weight.set(v128.loadSplat(query === 0 ? at : i32.add(at, stride))),
            ...own.map((sum, part) =>
              sum.set(f32x4.add(sum, f32x4.multiply(weight, parts[part]!))),
            ),
          ]),
          at.set(i32.add(at, i32.constant(4))),
          valueAt.set(i32.add(valueAt, i32.constant(4 * headSize))),
        ]),
        ...sums.flatMap((own, query) =>
          own.map((sum, part) => v128.store(y, sum, address(query, index * block + part))),
        ),
      ]);
      return {
        statements: [end.set(i32.add(p, i32.multiply(tokens, i32.constant(4)))), ...blocks.flat()],
      };
    },
  );
}
