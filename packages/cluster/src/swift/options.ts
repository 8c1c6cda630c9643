/** Options of the trainer `ms-swift`. */
import { z } from 'zod';
import { placeOptions, rayOptions } from '../options.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** zod object of `trainer: { use: ms-swift, … }`. */
export const swiftOptions = z.strictObject({
  on: z
    .enum(['here', 'ray'])
    .default('here')
    .describe('here: a process on this machine; ray: a Ray job on one node'),
  ...rayOptions,
  ...placeOptions,
  tensorParallel: z.int().positive().default(1).describe('GPUs that share one vLLM engine'),
  gpuMemoryUtilization: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.5)
    .describe('share of a GPU that vLLM takes'),
  microBatchPerGpu: z.int().positive().default(1).describe('completions in one pass on a GPU'),
  deepspeed: z
    .enum(['zero0', 'zero1', 'zero2', 'zero3', 'zero2_offload', 'zero3_offload'])
    .default('zero3')
    .describe('DeepSpeed configuration'),
  overrides: z
    .record(z.string(), scalar)
    .default({})
    .describe('further arguments of swift rlhf, except those that Loci sets'),
});

/** Parsed options of the trainer. */
export type SwiftOptions = z.output<typeof swiftOptions>;
