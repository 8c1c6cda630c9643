/** Pairs imagined things with true ones, and measures how well the directions between things agree. */

/** A point on a map. */
export type Point = readonly [x: number, y: number];

/** Index of the imagined thing for each true one; undefined where it is missing. */
export type Pairing = readonly (number | undefined)[];

/** Pairings that are tried; with more, instances are taken in the order in which they are written. */
const MOST_PAIRINGS = 256;

/** `chair` of `Chair 2`: instances of one kind may be numbered in any order. */
export function kindOfThing(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_#-]*\d+$/u, '')
    .trim();
}

/** Every way to let imagined things stand for true ones of their kind. */
export function pairingsOf(
  truth: readonly string[],
  imagined: readonly string[],
): readonly Pairing[] {
  let pairings: Pairing[] = [truth.map(() => undefined)];
  const kinds = [...new Set(truth.map(kindOfThing))];
  for (const kind of kinds) {
    const wanted = indicesOf(truth, kind);
    const found = indicesOf(imagined, kind);
    const orders = ordersOf(found, wanted.length);
    const isMany = orders.length * pairings.length > MOST_PAIRINGS;
    pairings = pairings.flatMap((pairing) =>
      (isMany ? orders.slice(0, 1) : orders).map((order) =>
        pairing.map((known, index) => {
          const place = wanted.indexOf(index);
          return place < 0 ? known : order[place];
        }),
      ),
    );
  }
  return pairings;
}

function indicesOf(names: readonly string[], kind: string): readonly number[] {
  return names.flatMap((name, index) => (kindOfThing(name) === kind ? [index] : []));
}

/** Lists of `length` places filled with the items in every order, with gaps where there are too few; the order of the items first. */
function ordersOf(items: readonly number[], length: number): readonly Pairing[] {
  const filled = [...items, ...Array<undefined>(Math.max(0, length - items.length))];
  if (filled.length > 5) return [filled.slice(0, length)];
  const orders: Pairing[] = [];
  const extend = (chosen: Pairing, left: Pairing): void => {
    if (chosen.length === length) {
      orders.push(chosen);
      return;
    }
    for (const [index, item] of left.entries()) {
      extend([...chosen, item], [...left.slice(0, index), ...left.slice(index + 1)]);
    }
  };
  extend([], filled);
  return orders;
}

/** A point turned by quarter turns about the origin; which way depends on which way y grows. */
export function turnedPoint([x, y]: Point, quarterTurns: number): Point {
  switch (quarterTurns % 4) {
    case 1:
      return [-y, x];
    case 2:
      return [-x, -y];
    case 3:
      return [y, -x];
    default:
      return [x, y];
  }
}

/**
 * Mean agreement of the directions from each true thing to each other one, 0…1: half for left and right, half for near and far. Beside each
 * other counts half of a side. A pair with a missing thing agrees in nothing; a single thing agrees when it is there.
 *
 * @param within Differences up to this count as beside each other.
 */
export function directionAgreement(
  truth: readonly Point[],
  imagined: readonly (Point | undefined)[],
  within: number,
): number {
  if (truth.length === 1) return imagined[0] === undefined ? 0 : 1;
  let agreement = 0;
  let pairs = 0;
  for (const [index, [x, y]] of truth.entries()) {
    for (let other = 0; other < index; other++) {
      pairs++;
      const [from, to] = [imagined[index], imagined[other]];
      if (from === undefined || to === undefined) continue;
      const [otherX, otherY] = truth[other]!;
      agreement += likeness(side(otherX - x, within), side(to[0] - from[0], within)) / 2;
      agreement += likeness(side(otherY - y, within), side(to[1] - from[1], within)) / 2;
    }
  }
  return pairs === 0 ? 0 : agreement / pairs;
}

function side(difference: number, within: number): -1 | 0 | 1 {
  if (Math.abs(difference) <= within) return 0;
  return difference > 0 ? 1 : -1;
}

function likeness(a: number, b: number): number {
  return 1 - Math.abs(a - b) / 2;
}
