/** For tests of plugins and of runs: contract suites, and parts that stand in for a model and its data. */
export * from './benchmark-contract.ts';
export * from './contract.ts';
export * from './dataset-contract.ts';
export * from './fake-benchmark.ts';
export * from './fake-plugins.ts';
export * from './fake-policy.ts';
export * from './fake-processor.ts';
export * from './objective-contract.ts';
export * from './plugin-from.ts';
export * from './policy/gradient-through.ts';
export type * from './policy/policy-check.ts';
export * from './policy/policy-contract.ts';
export * from './policy/same-policies.ts';
export * from './reward-contract.ts';
