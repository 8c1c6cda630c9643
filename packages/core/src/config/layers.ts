/**
 * Merges the layers of a config: defaults, then the file, then `--set`. Objects merge key by key, and a list replaces a list. A part that
 * names another plugin replaces the whole part, because options of one plugin mean nothing to another; only shared options stay.
 */

type Branch = Readonly<Record<string, unknown>>;

/** Whether a value of a config is an object, which merges key by key. */
export function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Options that two plugins share, by their names; for example, the model folder of two engines. */
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
