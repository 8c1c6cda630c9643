/** The leaves of a config: every setting with a value, by its key path. */

/** One setting of a config. */
export interface ConfigLeaf {
  /** `rewards.0.options.bonus`. */
  readonly key: string;
  readonly value: unknown;
}

/**
 * The leaves below a value, in its order. A list of plain values is one leaf, as is an empty object; undefined has no leaf.
 *
 * @example configLeaves({ sampler: { topP: 0.9 } }) // [{ key: 'sampler.topP', value: 0.9 }]
 */
export function configLeaves(value: unknown, key = ''): readonly ConfigLeaf[] {
  if (value === undefined) return [];
  const entries = entriesOf(value);
  if (entries.length === 0) return key === '' ? [] : [{ key, value }];
  return entries.flatMap(([name, below]) =>
    configLeaves(below, key === '' ? name : `${key}.${name}`),
  );
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value)) return Object.entries(value);
  const isPlain = value.every((item) => typeof item !== 'object' || item === null);
  return isPlain ? [] : value.map((item, index) => [String(index), item] as const);
}
