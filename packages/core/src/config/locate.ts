import { dirname, resolve } from 'node:path';
import { isMap, isNode, isPair, isScalar } from 'yaml';
import type { Document, LineCounter } from 'yaml';
import type { ConfigOrigin } from './config-origin.ts';
import type { Override } from './overrides.ts';

/** A parsed YAML file with its line starts. */
export interface ConfigFile {
  readonly path: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/** The origin of a config read from a file and flags: the last flag that set a key, else the file, else the defaults. */
export function createOrigin(
  file: ConfigFile | undefined,
  overrides: readonly Override[],
): ConfigOrigin {
  return {
    describe(path) {
      const flag = overrides.findLast(({ path: set }) => overlaps(set, path));
      if (flag !== undefined) return `--set ${flag.source}`;
      const place = file === undefined ? undefined : locate(file, path);
      return place ?? 'the defaults';
    },
    directoryOf(path) {
      const isSet = overrides.some(({ path: set, value }) => {
        const rest = path.slice(set.length);
        return startsWith(path, set) && says(value, rest);
      });
      if (isSet || file === undefined || !says(file.document.toJS(), path)) return undefined;
      return dirname(resolve(file.path));
    },
  };
}

/** Whether one path leads to the other. */
function overlaps(left: readonly PropertyKey[], right: readonly PropertyKey[]): boolean {
  return startsWith(left, right) || startsWith(right, left);
}

function startsWith(path: readonly PropertyKey[], start: readonly PropertyKey[]): boolean {
  return (
    start.length <= path.length && start.every((key, index) => String(key) === String(path[index]))
  );
}

/** Whether a layer's value reaches down to the end of a path; a bare name says the `use` of its part. */
function says(value: unknown, path: readonly PropertyKey[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return value !== undefined;
  if (typeof value === 'string') return key === 'use' && rest.length === 0;
  if (typeof value !== 'object' || value === null) return false;
  return says((value as Readonly<Record<PropertyKey, unknown>>)[key], rest);
}

/** Line and column of the key at `path`, or of its nearest ancestor that the file has. */
function locate(file: ConfigFile, path: readonly PropertyKey[]): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const offset = offsetOf(file.document, path.slice(0, length));
    if (offset === undefined) continue;
    const { line, col } = file.lines.linePos(offset);
    return `${file.path}, line ${line}, column ${col}`;
  }
  return undefined;
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  const parent: unknown =
    path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(last),
    );
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node: unknown = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
