/** Circles in a graph of arrows between names: each knot of names that reach each other, shown by a shortest circle in it. */

/** An arrow from one name to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** Names that reach each other along arrows. */
export interface Knot<A extends Arrow> {
  /** All names of the knot, sorted. */
  readonly members: readonly string[];
  /** A shortest circle through it: each name with the arrows that lead from it to the next one, the last to the first. */
  readonly circle: readonly { readonly name: string; readonly arrows: readonly A[] }[];
}

/**
 * The knots of a graph; none, when it has no circle. An arrow from a name to itself is a circle of one.
 *
 * @example knotsIn([{ from: 'a', to: 'b' }, { from: 'b', to: 'a' }])[0].members // ['a', 'b']
 */
export function knotsIn<A extends Arrow>(arrows: readonly A[]): readonly Knot<A>[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of arrows) {
    targets.set(from, (targets.get(from) ?? new Set<string>()).add(to));
  }
  const placed = new Set<string>();
  const knots: Knot<A>[] = [];
  for (const name of [...targets.keys()].sort()) {
    if (placed.has(name)) continue;
    const path = shortestCircle(name, targets);
    if (path === undefined) continue;
    const members = knotOf(name, targets);
    for (const member of members) placed.add(member);
    const paths = members.map((member) => shortestCircle(member, targets) ?? path);
    const shortest = paths.reduce((best, other) => (other.length < best.length ? other : best));
    const circle = shortest.map((from, index) => {
      const to = shortest[(index + 1) % shortest.length]!;
      const between = arrows.filter((arrow) => arrow.from === from && arrow.to === to);
      return { name: from, arrows: between };
    });
    knots.push({ members, circle });
  }
  return knots;
}

/** All names that a name reaches and that reach it, itself among them. */
function knotOf(name: string, targets: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reached = new Set(pathsFrom(name, targets).keys());
  return [...reached]
    .filter((other) => other === name || pathsFrom(other, targets).has(name))
    .sort();
}

function shortestCircle(
  name: string,
  targets: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] | undefined {
  const before = pathsFrom(name, targets);
  if (!before.has(name)) return undefined;
  const circle: string[] = [];
  for (let at = before.get(name)!; at !== name; at = before.get(at)!) circle.unshift(at);
  return [name, ...circle];
}

/** Each name that one or more arrows lead to, with the name before it on a shortest way. */
function pathsFrom(
  start: string,
  targets: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, string> {
  const before = new Map<string, string>();
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const next of targets.get(at) ?? []) {
      if (before.has(next)) continue;
      before.set(next, at);
      queue.push(next);
    }
  }
  return before;
}
