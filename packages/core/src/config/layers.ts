/**
 * A config is laid in layers: defaults, then the file, then `--set`. Objects merge key by key; a list replaces a list; a
 * part that names another plugin replaces the part, for the options of one plugin mean nothing to another; only those that
 * are said to be shared stay.
 */

type Branch = Readonly<Record<string, unknown>>;

/** Whether a value of a config is an object, which merges key by key. */
export function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Options that mean the same to two plugins, given their names: the model folder, say, to two engines. */
export type SharedOptions = (before: string, after: string) => readonly string[];

const NOTHING_SHARED: SharedOptions = () => [];

/** Lays `upper` over `lower`. */
export function mergeLayers(
  lower: unknown,
  upper: unknown,
  shared: SharedOptions = NOTHING_SHARED,
): unknown {
  if (upper === undefined) return lower;
  if (typeof upper === 'string' && isPart(lower)) return mergeLayers(lower, { use: upper }, shared);
  if (!isBranch(lower) || !isBranch(upper)) return upper;
  if (isPart(lower) && upper['use'] !== undefined && upper['use'] !== lower.use) {
    const stay = new Set(shared(lower.use, String(upper['use'])));
    return {
      ...Object.fromEntries(Object.entries(lower).filter(([key]) => stay.has(key))),
      ...upper,
    };
  }
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    merged[key] = mergeLayers(lower[key], value, shared);
  }
  return merged;
}

function isPart(value: unknown): value is Branch & { readonly use: string } {
  return isBranch(value) && typeof value['use'] === 'string';
}
