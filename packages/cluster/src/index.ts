/** Training past one machine: jobs for verl and ms-swift, made from a run's config, and Ray's Jobs API to run them. */
export type * from './job.ts';
export * from './options.ts';
export type * from './ports.ts';
export * from './shim/columns.ts';
export * from './shim/shim-source.ts';
export * from './shim/config.ts';
export * from './places.ts';
export * from './rows/wire-sample.ts';
export { clusterTrainers } from './trainers.ts';
export { makeVerlJob } from './verl/make-job.ts';
export { verlOptions } from './verl/options.ts';
export type { VerlOptions } from './verl/options.ts';
export { VERL_RULES } from './verl/run-rules.ts';
export { knownVersion, knownVersions } from './verl/keys.ts';
export { mapSettings, ruleFor } from './mapping/rules.ts';
export type { EngineValue, RuleBook } from './mapping/rules.ts';
