/** Paths on this disk that stand for values of a config while the config keeps the values, as it does those of another machine. */

/** Paths by the values that they stand for. */
export type LocalPaths = ReadonlyMap<string, string>;

/**
 * Options with the path in place of every text that has one.
 *
 * @example withLocalPaths({ file: 'hub:o/d@1/a.jsonl' }, new Map([['hub:o/d@1/a.jsonl', '/cache/a.jsonl']])) // { file: '/cache/a.jsonl' }
 */
export function withLocalPaths<Options>(options: Options, paths: LocalPaths | undefined): Options {
  if (paths === undefined || paths.size === 0) return options;
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return paths.get(node) ?? node;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value)]));
  };
  return walk(options) as Options;
}
