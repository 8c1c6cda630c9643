/**
 * The shape of a run's configuration. Parts name a plugin and its options; what the options may be is the plugin's own
 * zod object, checked when the container is built.
 */
import { z } from 'zod';

/** A plugin and its options: `{ use: top-p, temperature: 1 }`, or the bare name. */
const part = z.preprocess(
  (value) => (typeof value === 'string' ? { use: value } : value),
  z.looseObject({
    use: z.string().min(1).describe('bundled name, path of a module, or npm package'),
  }),
);

const reward = z.preprocess(
  (value) => (typeof value === 'string' ? { use: value } : value),
  z.strictObject({
    use: z.string().min(1).describe('bundled name, path of a module, or npm package'),
    weight: z
      .number()
      .default(1)
      .describe('factor in the sum that the advantages are computed from'),
    timeoutMs: z.int().positive().default(10_000).describe('a group that takes longer fails'),
    options: z.record(z.string(), z.unknown()).default({}).describe("the reward's own options"),
  }),
);

const count = z.int().nonnegative();

/** zod object of a whole run; every key is required here, the defaults live in `defaults.ts`. */
export const runConfigSchema = z.strictObject({
  seed: count.describe('every random draw of the run derives from it'),
  steps: count.describe('optimiser steps'),
  promptsPerStep: z.int().positive().describe('prompts (groups) drawn a step'),
  accumulation: z.int().positive().describe('micro-batches whose gradients make one step'),
  maxFailedGroupShare: z
    .number()
    .min(0)
    .max(1)
    .describe('the run stops when a greater share of its groups lost a reward'),
  evaluate: z.strictObject({
    every: count.describe('steps between evaluations during the run; 0: only before and after'),
    questions: count.describe('questions asked each time; 0 switches evaluation off'),
    decoding: z
      .enum(['sampled', 'greedy'])
      .describe(
        'sampled: drawn as in training, which measures what training raises; greedy: likeliest tokens',
      ),
    batchSize: z.int().positive().describe('prompts sampled at once'),
    controls: z.boolean().describe('ask again with blank and swapped videos after the run'),
  }),
  checkpoint: z.strictObject({
    every: count.describe('steps between checkpoints; 0: only at the end'),
    keep: count.describe('newest checkpoints kept; 0 keeps all'),
  }),
  policy: part,
  dataset: part,
  benchmark: part,
  prompt: part,
  sampler: part,
  rewards: z.array(reward),
  advantage: part,
  objective: part,
  optimizer: part,
  schedule: part,
  sinks: z.array(part),
});

/** A whole run, resolved: bare names expanded, defaults filled in. Stored as `config.yaml` in the run folder. */
export type RunConfig = z.output<typeof runConfigSchema>;

/** A plugin's name (or path, or package) with its options beside it. */
export type PartConfig = RunConfig['policy'];

/** A reward in a run. */
export type RewardConfig = RunConfig['rewards'][number];

/** Keys of the config that name one plugin each; key and plugin kind are the same word. */
export const PART_KEYS = [
  'policy',
  'dataset',
  'benchmark',
  'prompt',
  'sampler',
  'advantage',
  'objective',
  'optimizer',
  'schedule',
] as const;

/** A key of the config that names one part. */
export type PartKey = (typeof PART_KEYS)[number];
