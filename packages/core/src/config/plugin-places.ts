/** Where a config names plugins. Whoever goes through all of them, to find, complete or make them, does it by these functions. */
import type { PluginKind } from '../spec/index.ts';
import { PART_KEYS } from '../spec/kinds.ts';
import type { RunConfig } from './run-config.ts';

/** A place where a config names a plugin. */
export interface PluginPlace<Kind extends PluginKind = PluginKind> {
  readonly kind: Kind;
  /** Key path of the entry that has the `use`. */
  readonly path: readonly PropertyKey[];
  /** The plugin's name, path or package. */
  readonly use: string;
  /** What the plugin's own zod object is to read. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Key path that the options start at. */
  readonly optionsPath: readonly PropertyKey[];
}

/** What an entry is to say instead. */
export type PluginChange = Pick<PluginPlace, 'use' | 'options'>;

type Entry = Readonly<Record<string, unknown>> & { readonly use: string };

/** A place whose options stand beside its `use`. */
export function placeOf<Kind extends PluginKind>(
  kind: Kind,
  { use, ...options }: Entry,
  ...path: readonly PropertyKey[]
): PluginPlace<Kind> {
  return { kind, path, use, options, optionsPath: path };
}

/** The place of a reward, whose options have a key of their own. */
export function placeOfReward(config: RunConfig, index: number): PluginPlace<'reward'> {
  const { use, options } = config.rewards[index]!;
  const path = ['rewards', index];
  return { kind: 'reward', path, use, options, optionsPath: [...path, 'options'] };
}

/** The place of a benchmark of `evaluate.benchmarks`, whose `items` is the run's setting and no option of the benchmark. */
export function placeOfBenchmark(config: RunConfig, index: number): PluginPlace<'benchmark'> {
  const entry = Object.entries(config.evaluate.benchmarks[index]!);
  const own = Object.fromEntries(entry.filter(([key]) => key !== 'items')) as Entry;
  return placeOf('benchmark', own, 'evaluate', 'benchmarks', index);
}

/** The config with every place changed. */
export function changePlugins(
  config: RunConfig,
  change: (place: PluginPlace) => PluginChange,
): RunConfig {
  const changed = (kind: PluginKind, entry: Entry, ...path: readonly PropertyKey[]): Entry => {
    const { use, options } = change(placeOf(kind, entry, ...path));
    return { use, ...options };
  };
  return {
    ...config,
    ...Object.fromEntries(PART_KEYS.map((key) => [key, changed(key, config[key], key)])),
    rewards: config.rewards.map((reward, index) => ({
      ...reward,
      ...pick(change(placeOfReward(config, index))),
    })),
    sinks: config.sinks.map((sink, index) => changed('sink', sink, 'sinks', index)),
    evaluate: {
      ...config.evaluate,
      benchmarks: config.evaluate.benchmarks.map(({ items }, index) => {
        const { use, options } = change(placeOfBenchmark(config, index));
        return { use, ...options, items };
      }),
    },
  };
}

function pick({ use, options }: PluginChange): { use: string; options: Record<string, unknown> } {
  return { use, options: { ...options } };
}
