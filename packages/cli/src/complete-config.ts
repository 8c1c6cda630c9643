import { changePlugins } from '@loci/core';
import type { AnyPlugin, RunConfig } from '@loci/core';

/**
 * Writes the default options of bundled plugins out, so that the config that a run stores says all it depends on and means
 * the same after a default has changed. Options that are wrong stay as they are, for `createRun` to complain about with
 * their place; so do those of plugins from outside.
 */
export function completeConfig(config: RunConfig, bundled: readonly AnyPlugin[]): RunConfig {
  return changePlugins(config, ({ kind, use, options }) => {
    const plugin = bundled.find((candidate) => candidate.kind === kind && candidate.name === use);
    const parsed = plugin?.options.safeParse(options);
    if (parsed?.success !== true || !(parsed.data instanceof Object)) return { use, options };
    return { use, options: { ...parsed.data } };
  });
}
