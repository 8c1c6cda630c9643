/**
 * Splits figures into those that are finite, in their order, and the names of the others: JSON has no NaN, and readers would take a
 * null for a value.
 */
export function knownValues(values: Readonly<Record<string, number>>): {
  readonly known: Readonly<Record<string, number>>;
  readonly unknown: readonly string[];
} {
  const unknown = Object.keys(values).filter((name) => !Number.isFinite(values[name]));
  if (unknown.length === 0) return { known: values, unknown };
  const known = Object.entries(values).filter(([, value]) => Number.isFinite(value));
  return { known: Object.fromEntries(known), unknown };
}
