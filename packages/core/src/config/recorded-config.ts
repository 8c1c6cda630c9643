/**
 * A config as it is written into files. A text that it takes from the environment may be a secret, so files hold the reference to the
 * variable and never the text. Numbers and truth values say what a run does, and are no secrets: they are written as they are.
 */
import { createHash } from 'node:crypto';
import type { ConfigOrigin, EnvironmentReference } from './config-origin.ts';
import { isBranch } from './layers.ts';
import type { PartConfig, RunConfig } from './run-config.ts';

/** A text that was taken from the environment, as a file is to have it. */
export type WriteReference = (reference: EnvironmentReference) => unknown;

/**
 * The config with something else for each text from the environment. The `use` of a plugin stays: it is where the plugin was found.
 *
 * @param writeText What files have for any other text.
 */
export function withoutSecrets(
  config: unknown,
  origin: ConfigOrigin,
  write: WriteReference,
  writeText: (text: string) => unknown = (text) => text,
): unknown {
  const walk = (node: unknown, path: readonly PropertyKey[]): unknown => {
    const reference = path.at(-1) === 'use' ? undefined : origin.referenceAt?.(path);
    const isName = isBranch(node) && typeof node['use'] === 'string';
    if (typeof reference?.value === 'string' && !isName) return write(reference);
    if (Array.isArray(node))
      return node.map((item: unknown, index) => walk(item, [...path, index]));
    if (isBranch(node)) {
      return Object.fromEntries(
        Object.entries(node).map(([key, value]) => [key, walk(value, [...path, key])]),
      );
    }
    return typeof node === 'string' ? writeText(node) : node;
  };
  return walk(config, []);
}

const recorded = new WeakMap<PartConfig, PartConfig>();

/**
 * Remembers how the parts of a config are recorded by what is written about them, such as `evaluation.json`: in place of a text from the
 * environment its reference and a digest, which tells another value from the same one.
 */
export function rememberRecordedParts(config: RunConfig, origin: ConfigOrigin): void {
  const written = withoutSecrets(config, origin, ({ text, value }) => {
    const digest = createHash('sha256').update(String(value)).digest('hex').slice(0, 12);
    return `${text} (sha256 ${digest})`;
  });
  const walk = (node: unknown, to: unknown): void => {
    if (isPart(node) && isPart(to)) recorded.set(node, to);
    if (typeof node !== 'object' || node === null || typeof to !== 'object') return;
    const below = to as Readonly<Record<string, unknown>>;
    for (const [key, value] of Object.entries(node)) walk(value, below[key]);
  };
  walk(config, written);
}

/** How a part of a run's config is recorded; the part itself when nothing in it is from the environment. */
export function recordedPart(part: PartConfig): PartConfig {
  return recorded.get(part) ?? part;
}

function isPart(value: unknown): value is PartConfig {
  return isBranch(value) && typeof value['use'] === 'string';
}
