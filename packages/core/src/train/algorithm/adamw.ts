import { z } from 'zod';
import { definePlugin } from '../../plugin/define-plugin.ts';

/**
 * AdamW (arXiv 1711.05101) with clipping by the global norm. Decay, betas and norm are those of SpaceR's published run; its
 * learning rate, for 7 billion parameters, was 1e-6.
 */
export const adamw = definePlugin({
  kind: 'optimizer',
  name: 'adamw',
  description: 'AdamW with decoupled weight decay and clipping by the global norm.',
  options: z.strictObject({
    learningRate: z.number().positive().default(5e-5),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
    weightDecay: z.number().nonnegative().default(0.01),
    maxGradNorm: z.number().nonnegative().default(5).describe('0 switches clipping off.'),
  }),
  create: (parameters) => ({ parameters }),
});
