import type { AnyPlugin } from '../spec/index.ts';
import { isPluginKind } from '../spec/kinds.ts';

/** Whether an export of a module is a plugin descriptor. */
export function isPlugin(value: unknown): value is AnyPlugin {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, options, create } = value as Partial<Record<string, unknown>>;
  return (
    typeof kind === 'string' &&
    isPluginKind(kind) &&
    typeof name === 'string' &&
    typeof options === 'object' &&
    options !== null &&
    'safeParse' in options &&
    typeof create === 'function'
  );
}
