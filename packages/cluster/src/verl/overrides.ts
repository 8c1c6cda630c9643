/** Writes overrides of verl's configuration for its command: in Hydra's grammar, quoted for a shell. */
import { LociError, shellWord } from '@loci/core';
import type { EngineValue } from '../mapping/rules.ts';
import { hasKey, keysNear } from './keys.ts';

/** Texts that Hydra reads unquoted as strings. */
const BARE = /^[A-Za-z_/.][\w/.:@-]*$/u;
/** Such texts that Hydra reads as another type. */
const OTHER = /^(?:true|false|null|nan|inf|\.inf)$/iu;

/**
 * A value in Hydra's grammar.
 *
 * @example hydraValue(['model', 'a b']) // [model,"a b"]
 */
export function hydraValue(value: EngineValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return hydraNumber(value);
  if (typeof value === 'string') return hydraText(value);
  if (isList(value)) return `[${value.map(hydraValue).join(',')}]`;
  const entries = Object.entries(value).map(([key, inner]) => `${key}:${hydraValue(inner)}`);
  return `{${entries.join(',')}}`;
}

function isList(value: EngineValue): value is readonly EngineValue[] {
  return Array.isArray(value);
}

function hydraNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  throw new LociError('setting-refused', `verl does not accept ${value} as a number`);
}

function hydraText(value: string): string {
  if (BARE.test(value) && !OTHER.test(value)) return value;
  // Hydra reads a backslash as an escape only before a quote, and elsewhere as itself.
  return `"${value.replaceAll(/(\\*)"/gu, String.raw`$1$1\"`).replace(/(\\+)$/u, '$1$1')}"`;
}

/** Old sections that verl parses and silently ignores. */
const IGNORED = /^(?:custom_reward_function|reward_model|sandbox_fusion)\./u;

/**
 * The overrides as words of a command, in their order. A `+` before a key adds one that the version does not have.
 *
 * @throws LociError `verl-key` for a key that the version does not have, naming similar ones.
 */
export function overrideWords(
  set: ReadonlyMap<string, EngineValue>,
  version: string,
): readonly string[] {
  return [...set].map(([key, value]) => {
    const name = key.startsWith('+') ? key.slice(1) : key;
    if (IGNORED.test(name)) {
      throw new LociError(
        'verl-key',
        `verl ${version} ignores ${name} silently: set reward.${name}`,
      );
    }
    if (key.startsWith('+') === hasKey(version, name)) {
      const near = keysNear(version, name).slice(0, 3);
      const hint = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
      const problem = key.startsWith('+')
        ? `${name} exists in verl ${version}: leave out the plus`
        : `verl ${version} has no key ${name}${hint}`;
      throw new LociError('verl-key', problem);
    }
    return shellWord(`${key}=${hydraValue(value)}`);
  });
}
