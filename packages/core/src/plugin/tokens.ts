/**
 * Tokens of a run's container. They are registered symbols, so two copies of this package in one process agree.
 *
 * In the container that `buildContainer` makes, a part's token resolves to a promise of the part, made on first use. The
 * trainer gets a child of it in which the same tokens hold the finished parts.
 */
export const POLICY = Symbol.for('loci.policy');
export const DATASET = Symbol.for('loci.dataset');
export const BENCHMARK = Symbol.for('loci.benchmark');
export const PROMPT = Symbol.for('loci.prompt');
export const SAMPLER = Symbol.for('loci.sampler');
export const ADVANTAGE = Symbol.for('loci.advantage');
export const OBJECTIVE = Symbol.for('loci.objective');
export const OPTIMIZER = Symbol.for('loci.optimizer');
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
export const LOGGER = Symbol.for('loci.logger');
