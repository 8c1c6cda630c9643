import { changePlugins } from '@loci/core';
import type { AnyPlugin, RunConfig } from '@loci/core';

/**
 * Adds the default options of bundled plugins to a config. The config that a run stores is then complete, and means the same after a
 * default has changed. Wrong options stay as they are: `createRun` reports them with their place. Options of other plugins stay too.
 */
export function completeConfig(config: RunConfig, bundled: readonly AnyPlugin[]): RunConfig {
  return changePlugins(config, ({ kind, use, options }) => {
    const plugin = bundled.find((candidate) => candidate.kind === kind && candidate.name === use);
    const parsed = plugin?.options.safeParse(options);
    if (parsed?.success !== true || !(parsed.data instanceof Object)) return { use, options };
    return { use, options: { ...parsed.data } };
  });
}
