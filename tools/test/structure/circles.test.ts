import { describe, expect, test } from '@jest/globals';
import { knotsIn } from '../../src/structure/circles.ts';

/** Arrows written as `a>b`. */
function arrows(...written: readonly string[]) {
  return written.map((arrow) => ({ from: arrow[0]!, to: arrow[2]! }));
}

describe('knotsIn', () => {
  test('a graph without a circle has no knot, also where two ways lead to one name', () => {
    expect(knotsIn(arrows('a>b', 'a>c', 'b>d', 'c>d'))).toEqual([]);
  });

  test('a name that leads to itself is a knot', () => {
    expect(knotsIn(arrows('a>a', 'a>b')).map(({ members }) => members)).toEqual([['a']]);
  });

  test('each knot is found once, with a shortest circle and the arrows that make it', () => {
    const [first, second, ...rest] = knotsIn(
      arrows('a>b', 'b>c', 'c>a', 'c>d', 'd>c', 'd>c', 'd>x', 'x>y', 'y>x'),
    );
    expect(rest).toEqual([]);
    expect(first!.members).toEqual(['a', 'b', 'c', 'd']);
    expect(first!.circle).toEqual([
      { name: 'c', arrows: arrows('c>d') },
      { name: 'd', arrows: arrows('d>c', 'd>c') },
    ]);
    expect(second!.members).toEqual(['x', 'y']);
  });
});
