/**
 * The form of a config in files. A text from the environment may be a secret, so files hold only its reference. Numbers and booleans
 * describe the run and are not secret, so they are written as they are.
 */
import { createHash } from 'node:crypto';
import type { ConfigOrigin, EnvironmentReference } from './config-origin.ts';
import { isBranch } from './layers.ts';
import type { PartConfig, RunConfig } from './run-config.ts';

/** Gives the form in files of a text from the environment. */
export type WriteReference = (reference: EnvironmentReference) => unknown;

/**
 * The config with each text from the environment replaced. The `use` of a plugin stays, because it is the place where the plugin was found.
 *
 * @param writeText Gives the form of any other text.
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
 * Remembers the form in which records such as `evaluation.json` hold the parts of a config. A text from the environment becomes its reference
 * and a digest, by which two values can be compared.
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

/** The recorded form of a config part; the part itself when nothing in it is from the environment. */
export function recordedPart(part: PartConfig): PartConfig {
  return recorded.get(part) ?? part;
}

function isPart(value: unknown): value is PartConfig {
  return isBranch(value) && typeof value['use'] === 'string';
}
