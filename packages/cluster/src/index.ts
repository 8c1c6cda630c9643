/** Training past one machine: jobs for verl and ms-swift, made from a run's config, and Ray's Jobs API to run them. */
export type * from './job.ts';
export * from './options.ts';
export type * from './ports.ts';
export * from './shim/columns.ts';
export * from './shim/shim-source.ts';
