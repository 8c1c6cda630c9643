export * from './errors/loci-error.ts';
export * from './plugin/define-plugin.ts';
export * from './random/seed.ts';
export type * from './spec/index.ts';
