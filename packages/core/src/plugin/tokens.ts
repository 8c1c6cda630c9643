/**
 * Tokens of a run's container. They are registered symbols, so two copies of this package in one process agree.
 *
 * In the container that `buildContainer` makes, a part's token resolves to a promise of the part, made on first use. The
 * trainer gets a child of it in which the same tokens hold the finished parts.
 */

/** The `Policy`. */
export const POLICY = Symbol.for('loci.policy');
/** The `Dataset`. */
export const DATASET = Symbol.for('loci.dataset');
/** The `Benchmark`. */
export const BENCHMARK = Symbol.for('loci.benchmark');
/** One registration a benchmark of `evaluate.benchmarks`, in the config's order; take them with `@injectAll`. */
export const TRAINING_BENCHMARK = Symbol.for('loci.training-benchmark');
/** The `PromptTemplate`. */
export const PROMPT = Symbol.for('loci.prompt');
/** The `Sampler`. */
export const SAMPLER = Symbol.for('loci.sampler');
/** The `AdvantageEstimator`. */
export const ADVANTAGE = Symbol.for('loci.advantage');
/** The `Objective`. */
export const OBJECTIVE = Symbol.for('loci.objective');
/** The `Optimizer`. */
export const OPTIMIZER = Symbol.for('loci.optimizer');
/** The `Schedule`. */
export const SCHEDULE = Symbol.for('loci.schedule');
/** One registration a reward of the run, in the config's order; take them with `@injectAll`. */
export const REWARD = Symbol.for('loci.reward');
/** One registration a sink of the run; take them with `@injectAll`. */
export const METRIC_SINK = Symbol.for('loci.sink');
/** The resolved `RunConfig`. */
export const RUN_CONFIG = Symbol.for('loci.run-config');
/** The `RunStore`, in the trainer's container only. */
export const RUN_STORE = Symbol.for('loci.run-store');
/** The `Experience` that the objective learns from, in the trainer's container only. */
export const EXPERIENCE = Symbol.for('loci.experience');
/** The `Logger`. */
export const LOGGER = Symbol.for('loci.logger');
