/**
 * A config is laid in layers: defaults, then the file, then `--set`. Objects merge key by key; a list replaces a list; a
 * part that names another plugin replaces the part, for the options of one plugin mean nothing to another.
 */

type Branch = Readonly<Record<string, unknown>>;

/** Whether a value of a config is an object, which merges key by key. */
export function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lays `upper` over `lower`. */
export function mergeLayers(lower: unknown, upper: unknown): unknown {
  if (upper === undefined) return lower;
  if (typeof upper === 'string' && isPart(lower)) return mergeLayers(lower, { use: upper });
  if (!isBranch(lower) || !isBranch(upper)) return upper;
  if (isPart(lower) && upper['use'] !== undefined && upper['use'] !== lower['use']) return upper;
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) merged[key] = mergeLayers(lower[key], value);
  return merged;
}

function isPart(value: unknown): value is Branch & { readonly use: string } {
  return isBranch(value) && typeof value['use'] === 'string';
}
