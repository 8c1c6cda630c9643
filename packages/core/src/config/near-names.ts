/** Edit distance (Levenshtein, unit costs). */
export function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substitution = previous[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[right.length]!;
}

/**
 * Names similar to `wanted`, nearest first: those that start with it, or whose edit distance is at most a third of its length (at least 1).
 */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  const limit = Math.max(1, Math.ceil(wanted.length / 3));
  const lower = wanted.toLowerCase();
  return names
    .map((name) => ({
      name,
      distance: name.startsWith(lower) ? 0 : editDistance(lower, name.toLowerCase()),
    }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name, 'en'))
    .map(({ name }) => name);
}

/** A hint for an unknown name: `did you mean "a" or "b"? ` when names are similar, and the list of all. */
export function suggest(wanted: string, names: readonly string[]): string {
  const near = nearNames(wanted, names).slice(0, 3);
  const hint =
    near.length === 0 ? '' : `did you mean ${near.map((name) => `"${name}"`).join(' or ')}? `;
  const sorted = [...names].sort();
  return `${hint}${sorted.length === 0 ? 'there are none' : `known: ${sorted.join(', ')}`}`;
}
