/** Local paths that replace values of plugin options while the config keeps the values, such as references to a hub. */

/** Local paths by the values that they replace. */
export type LocalPaths = ReadonlyMap<string, string>;

/**
 * Options with every text replaced that has a local path.
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
