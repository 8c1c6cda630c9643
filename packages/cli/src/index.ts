/**
 * Loci from a script: the work of the command line as functions; docs/api.md explains them. The contracts and the algorithm are in
 * `@loci/core`, the models in `@loci/backends`.
 */
export { bundledPlugins, packagePlugins } from './compose.ts';
export { completeConfig } from './complete-config.ts';
export { DEFAULTS, readRunConfig } from './defaults.ts';
export type { ConfigSource } from './defaults.ts';
export { openEvaluation } from './evaluation/stored-evaluation.ts';
export type { ScorableEvaluation } from './evaluation/stored-evaluation.ts';
export { cellsOf, parseGrid } from './grid/axes.ts';
export type { GridAxis, GridCell } from './grid/axes.ts';
export { evaluateRun } from './library/evaluate-run.ts';
export type { EvaluateRunOptions, EvaluatedRun } from './library/evaluate-run.ts';
export { openRun } from './library/open-run.ts';
export type { OpenRunOptions } from './library/open-run.ts';
export { pretrain } from './library/pretrain.ts';
export type { PretrainOptions } from './pretrain/pretrain.ts';
export { recipeSchema } from './pretrain/recipe-schema.ts';
export { readRun } from './report/read-run.ts';
export type { RunRecord } from './report/run-record.ts';
export { writeReport } from './report/write-report.ts';
export { ComparisonGatherer } from './rescore/comparison.ts';
export type { Comparison } from './rescore/comparison.ts';
export { rescore } from './rescore/rescore.ts';
export type { RescoreCounts, RescoreListener, Rescored } from './rescore/rescore.ts';
export { createRewardServer } from './serve/server.ts';
export type { RewardServerOptions } from './serve/server.ts';
export { pickSamples } from './validate/pick-samples.ts';
