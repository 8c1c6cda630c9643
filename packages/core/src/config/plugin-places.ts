/** The places where a config names plugins. All code that visits every plugin of a config uses these functions. */
import type { PluginKind } from '../spec/index.ts';
import { PART_KEYS } from '../spec/kinds.ts';
import { MIX } from './mix.ts';
import type { RunConfig } from './run-config.ts';

/** A place where a config names a plugin. */
export interface PluginPlace<Kind extends PluginKind = PluginKind> {
  readonly kind: Kind;
  /** Key path of the entry that has the `use`. */
  readonly path: readonly PropertyKey[];
  /** The plugin's name, path or package. */
  readonly use: string;
  /** The input of the plugin's own zod schema. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Key path of the options. */
  readonly optionsPath: readonly PropertyKey[];
}

/** The new content of an entry. */
export type PluginChange = Pick<PluginPlace, 'use' | 'options'>;

type Entry = Readonly<Record<string, unknown>> & { readonly use: string };

/** A place with its options beside `use`. */
export function placeOf<Kind extends PluginKind>(
  kind: Kind,
  { use, ...options }: Entry,
  ...path: readonly PropertyKey[]
): PluginPlace<Kind> {
  return { kind, path, use, options, optionsPath: path };
}

/** The place of a reward, whose options have their own key. */
export function placeOfReward(config: RunConfig, index: number): PluginPlace<'reward'> {
  const { use, options } = config.rewards[index]!;
  const path = ['rewards', index];
  return { kind: 'reward', path, use, options, optionsPath: [...path, 'options'] };
}

/** The place of a benchmark of `evaluate.benchmarks`; its `items` is a setting of the run, not an option of the benchmark. */
export function placeOfBenchmark(config: RunConfig, index: number): PluginPlace<'benchmark'> {
  const entry = Object.entries(config.evaluate.benchmarks[index]!);
  const own = Object.fromEntries(entry.filter(([key]) => key !== 'items')) as Entry;
  return placeOf('benchmark', own, 'evaluate', 'benchmarks', index);
}

/** An entry of the plugin `mix`: a dataset with its share of the mixture. */
export interface MixedEntry extends Entry {
  /** Its name in figures and ids; its `use` when absent. */
  readonly name?: string;
  readonly weight?: number;
  readonly samples?: number;
}

/** The datasets that a config mixes; none when it has a single dataset. The options of `mix` report a malformed list. */
export function mixedEntries({ dataset }: Pick<RunConfig, 'dataset'>): readonly MixedEntry[] {
  const { use, of } = dataset;
  if (use !== MIX || !Array.isArray(of)) return [];
  const isEntry = (entry: unknown): entry is MixedEntry =>
    typeof entry === 'object' && entry !== null && 'use' in entry && typeof entry.use === 'string';
  return of.every(isEntry) ? of : [];
}

/** Keys of an entry of a mixture that are not options of its dataset. */
const MIXTURE_KEYS: ReadonlySet<string> = new Set(['name', 'weight', 'samples']);

/** The place of a dataset of a mixture; its name, weight and samples are settings of the mixture, not options of the dataset. */
export function placeOfMixed(config: RunConfig, index: number): PluginPlace<'dataset'> {
  const entry = Object.entries(mixedEntries(config)[index]!);
  const own = Object.fromEntries(entry.filter(([key]) => !MIXTURE_KEYS.has(key))) as Entry;
  return placeOf('dataset', own, 'dataset', 'of', index);
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
  const changedMix = (): readonly Entry[] =>
    mixedEntries(config).map((entry, index) => {
      const { use, options } = change(placeOfMixed(config, index));
      const kept = Object.entries(entry).filter(([key]) => MIXTURE_KEYS.has(key));
      return { use, ...options, ...Object.fromEntries(kept) };
    });
  return {
    ...config,
    ...Object.fromEntries(PART_KEYS.map((key) => [key, changed(key, config[key], key)])),
    ...(mixedEntries(config).length > 0 && { dataset: { ...config.dataset, of: changedMix() } }),
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
