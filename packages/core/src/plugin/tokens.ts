/**
 * Tokens of the container of a training run. They are registered symbols, so two copies of this package in one process agree. The container
 * is filled when all parts exist, so a token always resolves to a finished part.
 */
import type { PluginKind } from '../spec/index.ts';
import { PLUGIN_KINDS } from '../spec/kinds.ts';

/** One token for each kind of plugin: `tokens.POLICY`. A run has several rewards and sinks; inject them with `@injectAll`. */
type KindTokens = { readonly [Kind in PluginKind as Uppercase<Kind>]: symbol };

/** The token of a kind of plugin. */
export function tokenOf(kind: PluginKind): symbol {
  return Symbol.for(`loci.${kind}`);
}

/** The tokens by name: those of the kinds of plugins, and those of the other parts of a run. */
export const tokens = {
  ...(Object.fromEntries(
    PLUGIN_KINDS.map((kind) => [kind.toUpperCase(), tokenOf(kind)]),
  ) as KindTokens),
  /** One registration for each of `evaluate.benchmarks`, in the config's order; inject them with `@injectAll`. */
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
