import type { AnyPlugin, PluginTypes } from '../spec/index.ts';

const KINDS: Readonly<Record<keyof PluginTypes, true>> = {
  policy: true,
  reward: true,
  dataset: true,
  benchmark: true,
  sink: true,
  prompt: true,
  sampler: true,
  advantage: true,
  objective: true,
  optimizer: true,
  schedule: true,
};

/** Whether something that a module exports is a plugin descriptor. */
export function isPlugin(value: unknown): value is AnyPlugin {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, options, create } = value as Partial<Record<string, unknown>>;
  return (
    typeof kind === 'string' &&
    Object.hasOwn(KINDS, kind) &&
    typeof name === 'string' &&
    typeof options === 'object' &&
    options !== null &&
    'safeParse' in options &&
    typeof create === 'function'
  );
}
