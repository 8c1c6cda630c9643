/** Options of the trainer `verl`. */
import { z } from 'zod';
import { placeOptions, rayOptions } from '../options.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** zod object of `trainer: { use: verl, … }`. */
export const verlOptions = z.strictObject({
  version: z
    .string()
    .min(1)
    .default('v0.9.0')
    .describe('version of verl on the cluster: v0.9.0 or head-2026-08-22'),
  ...rayOptions,
  ...placeOptions,
  tensorParallel: z.int().positive().default(2).describe('GPUs that share one vLLM engine'),
  sequenceParallel: z
    .int()
    .positive()
    .default(1)
    .describe('GPUs that share one sequence in training (Ulysses); raise it for long videos'),
  gpuMemoryUtilization: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.6)
    .describe('share of a GPU that vLLM takes'),
  microBatchPerGpu: z.int().positive().default(1).describe('completions in one pass on a GPU'),
  offload: z
    .boolean()
    .default(false)
    .describe('keeps parameters and moments in main memory between uses: slower, for small GPUs'),
  removePadding: z
    .boolean()
    .default(false)
    .describe("packs sequences; off in verl's own video recipe"),
  fullWeights: z
    .boolean()
    .default(true)
    .describe('also writes a Hugging Face folder in each checkpoint, so that none needs merging'),
  overrides: z
    .record(z.string(), scalar)
    .default({})
    .describe('further keys of verl, except those that Loci sets'),
});

/** Parsed options of the trainer. */
export type VerlOptions = z.output<typeof verlOptions>;
