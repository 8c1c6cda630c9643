/**
 * Tokens of the container of a training run. They are registered symbols, so two copies of this package in one process agree.
 * A token always gives a finished part: the container is filled once all parts are made.
 */
import type { PluginKind } from '../spec/index.ts';
import { PLUGIN_KINDS } from '../spec/kinds.ts';

/** Of each kind of plugin, by its name in capitals: `tokens.POLICY`. Of rewards and sinks there are many: take them with `@injectAll`. */
type KindTokens = { readonly [Kind in PluginKind as Uppercase<Kind>]: symbol };

/** The token of a kind of plugin. */
export function tokenOf(kind: PluginKind): symbol {
  return Symbol.for(`loci.${kind}`);
}

/** The tokens by name: those of the kinds of plugins, and what else a run has one of. */
export const tokens = {
  ...(Object.fromEntries(
    PLUGIN_KINDS.map((kind) => [kind.toUpperCase(), tokenOf(kind)]),
  ) as KindTokens),
  /** One registration a benchmark of `evaluate.benchmarks`, in the config's order; take them with `@injectAll`. */
  TRAINING_BENCHMARK: Symbol.for('loci.training-benchmark'),
  /** The `Sampler`: how the config's `sampler` draws completions. */
  SAMPLER: Symbol.for('loci.sampler'),
  /** The `Optimizer`: the numbers of the config's `optimizer`. */
  OPTIMIZER: Symbol.for('loci.optimizer'),
  /** The resolved `RunConfig`. */
  RUN_CONFIG: Symbol.for('loci.run-config'),
  /** The `RunStore`. */
  RUN_STORE: Symbol.for('loci.run-store'),
  /** The `Experience` that the objective learns from. */
  EXPERIENCE: Symbol.for('loci.experience'),
  /** The `Logger`. */
  LOGGER: Symbol.for('loci.logger'),
} as const;
