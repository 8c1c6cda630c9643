/**
 * The kinds of plugins. One line in `KINDS` declares each of them: what its plugins create, and how many a run has. The types of plugins,
 * the keys of a config, the container's tokens and the registration of a run's parts derive from this table. It is the only value in this
 * folder.
 */
import type { AdvantageEstimator, Schedule } from './algorithm.ts';
import type { Benchmark } from './benchmark.ts';
import type { Dataset } from './dataset.ts';
import type { MetricSink } from './metric-sink.ts';
import type { Objective } from './objective.ts';
import type { Policy } from './policy.ts';
import type { PromptTemplate } from './prompt.ts';
import type { Reward } from './reward.ts';
import type { Trainer } from './trainer.ts';

/** A kind of plugin. `Made` is the type that its plugins create. */
export interface Kind<Made, Count extends 'one' | 'many' = 'one' | 'many'> {
  /** `one`: a run has one such part, at the config key with the kind's name. `many`: it has a list of them. */
  readonly count: Count;
  /** Carries the type `Made`; always absent at run time. */
  readonly made?: Made;
}

/** A kind of which a run has one part. */
function one<Made>(): Kind<Made, 'one'> {
  return { count: 'one' };
}

/** A kind of which a run has a list; `run-config.ts` has its key. */
function many<Made>(): Kind<Made, 'many'> {
  return { count: 'many' };
}

/** Every kind of plugin, by the `kind` of its descriptors. A config lists them in this order. */
export const KINDS = {
  trainer: one<Trainer>(),
  policy: one<Policy>(),
  dataset: one<Dataset>(),
  benchmark: one<Benchmark>(),
  prompt: one<PromptTemplate>(),
  advantage: one<AdvantageEstimator>(),
  objective: one<Objective>(),
  schedule: one<Schedule>(),
  reward: many<Reward>(),
  sink: many<MetricSink>(),
} as const;

type Kinds = typeof KINDS;

/** The name of a kind. */
export type PluginKind = keyof Kinds;

/** The type that plugins of each kind create. */
export type PluginTypes = {
  readonly [Name in PluginKind]: Required<Kinds[Name]>['made'];
};

/** A kind of which a run has one part, at the config key of the same name. */
export type PartKey = {
  [Name in PluginKind]: Kinds[Name] extends Kind<unknown, 'one'> ? Name : never;
}[PluginKind];

/** Whether a word is the name of a kind. */
export function isPluginKind(word: string): word is PluginKind {
  return Object.hasOwn(KINDS, word);
}

/** Every kind, in the table's order. */
export const PLUGIN_KINDS: readonly PluginKind[] = Object.keys(KINDS).filter(isPluginKind);

/** The keys of a config that name one part each. */
export const PART_KEYS: readonly PartKey[] = PLUGIN_KINDS.filter(
  (name): name is PartKey => KINDS[name].count === 'one',
);
