import { PART_KEYS } from '@loci/core';
import type { AnyPlugin, PluginKind, RunConfig } from '@loci/core';

/**
 * Writes the default options of bundled plugins out, so that the config that a run stores says all it depends on and means
 * the same after a default has changed. Options that are wrong stay as they are, for `createRun` to complain about with
 * their place; so do those of plugins from outside.
 */
export function completeConfig(config: RunConfig, bundled: readonly AnyPlugin[]): RunConfig {
  const complete = (kind: PluginKind, use: string, options: object): object => {
    const plugin = bundled.find((candidate) => candidate.kind === kind && candidate.name === use);
    const parsed = plugin?.options.safeParse(options);
    return parsed?.success === true && parsed.data instanceof Object ? parsed.data : options;
  };
  const part = <Part extends { readonly use: string }>(kind: PluginKind, value: Part): Part => {
    const { use, ...options } = value;
    return { ...value, ...complete(kind, use, options) };
  };
  return {
    ...config,
    ...Object.fromEntries(PART_KEYS.map((key) => [key, part(key, config[key])])),
    rewards: config.rewards.map((reward) => ({
      ...reward,
      options: { ...complete('reward', reward.use, reward.options) },
    })),
    sinks: config.sinks.map((sink) => part('sink', sink)),
    evaluate: {
      ...config.evaluate,
      benchmarks: config.evaluate.benchmarks.map(({ items, ...benchmark }) => ({
        ...part('benchmark', benchmark),
        items,
      })),
    },
  };
}
