/** Lists the values of a config with their sources. */
import { stringify } from 'yaml';
import type { ConfigOrigin, LayeredOrigin, ValueSource } from './config-origin.ts';
import { formatPath } from './config-origin.ts';
import { isBranch } from './layers.ts';
import type { RunConfig } from './run-config.ts';

/** One value of a config. */
export interface ExplainedValue {
  /** Dotted path, as in `--set`. */
  readonly key: string;
  /** Absent for a text from the environment, which may be a secret; `reference` has its reference. */
  readonly value?: unknown;
  readonly reference?: string;
  /** Names of the variables in the reference. */
  readonly variables?: readonly string[];
  readonly source: ValueSource;
}

/**
 * The values of a config in its order; objects and lists of objects are listed value by value. A value that no layer sets is a default of
 * the run or of a plugin.
 *
 * @example explainConfig(config, origin).find(({ key }) => key === 'steps') // { key: 'steps', value: 20, source: { kind: 'set', … } }
 */
export function explainConfig(config: RunConfig, origin: LayeredOrigin): readonly ExplainedValue[] {
  return leavesOf(config, [], origin).map(({ path, value }) => {
    const source = origin.sourceOf(path) ?? { kind: 'default' };
    const key = formatPath(path);
    const reference = origin.referenceAt(path);
    if (reference === undefined) return { key, value, source };
    const { text, variables } = reference;
    const isText = typeof reference.value === 'string';
    return { key, ...(!isText && { value }), reference: text, variables, source };
  });
}

/** A value on one line, as written after `--set key=`. @example settingText(['a', 2]) // '[ a, 2 ]' */
export function settingText(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}

interface Leaf {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

/** The leaves of a value. A list is one leaf, unless an item is an object or from the environment. */
function leavesOf(
  value: unknown,
  path: readonly PropertyKey[],
  origin: ConfigOrigin,
): readonly Leaf[] {
  if (isBranch(value) && Object.keys(value).length > 0) {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .flatMap(([key, member]) => leavesOf(member, [...path, key], origin));
  }
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const isPlain = items.every(
      (item, index) =>
        typeof item !== 'object' && origin.referenceAt?.([...path, index]) === undefined,
    );
    if (!isPlain) return items.flatMap((item, index) => leavesOf(item, [...path, index], origin));
  }
  return [{ path, value }];
}
