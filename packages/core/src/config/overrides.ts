import { parse } from 'yaml';
import { LociError, messageOf } from '../errors/loci-error.ts';
import { isBranch, mergeLayers } from './layers.ts';
import type { SharedOptions } from './layers.ts';

/** One `--set path=value`. */
export interface Override {
  /** As typed. */
  readonly source: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Parses `sampler.temperature=0.7`: a dotted key path, which may have list indices, and a value in YAML.
 *
 * @throws LociError `config-override` when there is no `=`, the path is empty, or the value is not YAML.
 * @example parseOverride('rewards.0.weight=2').path // ['rewards', '0', 'weight']
 */
export function parseOverride(source: string): Override {
  const equals = source.indexOf('=');
  const path = source.slice(0, Math.max(equals, 0)).split('.');
  if (equals <= 0 || path.some((key) => key === '')) {
    throw new LociError(
      'config-override',
      `--set ${source}: expected a key path and a value, such as --set sampler.temperature=0.7`,
    );
  }
  try {
    return { source, path, value: parse(source.slice(equals + 1)) as unknown };
  } catch (thrown) {
    throw new LociError(
      'config-override',
      `--set ${source}: the value is not YAML: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}

/**
 * Applies an override to a config. Missing keys are created; a list index names an item, or the place after the last one.
 *
 * @throws LociError `config-override` when an index is not within the list.
 */
export function applyOverride(
  config: unknown,
  override: Override,
  shared?: SharedOptions,
): unknown {
  return withValue(config, override.path, override, shared);
}

function withValue(
  node: unknown,
  path: readonly string[],
  override: Override,
  shared: SharedOptions | undefined,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return mergeLayers(node, override.value, shared);
  if (Array.isArray(node)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > node.length) {
      throw new LociError(
        'config-override',
        `--set ${override.source}: "${key}" is not an index of a list of ${node.length} items; use 0 to ${node.length}`,
      );
    }
    const items: unknown[] = [...(node as readonly unknown[])];
    items[index] = withValue(items[index], rest, override, shared);
    return items;
  }
  const branch = typeof node === 'string' ? { use: node } : isBranch(node) ? node : {};
  const child = rest.length === 0 ? override.value : withValue(branch[key], rest, override, shared);
  return mergeLayers(branch, { [key]: child }, shared);
}
