/** The form of an experiment file: `configs/experiments/*.yaml`. */
import { z } from 'zod';

/** The name of an arm or an evaluation, and of its folder. */
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/u, 'a name may have only lowercase letters, digits and hyphens');

/** Settings of a run, which override those of the level below. They are checked like the config of a run. */
const settings = z.record(z.string(), z.unknown()).default({});

/** Settings in which a file may let its arms differ, besides prompt, rewards, advantage and objective. */
const ALLOWANCES = [
  'optimizer',
  'schedule',
  'updatesPerBatch',
  'minibatches',
  'accumulation',
] as const;

/** An experiment file. */
export const experimentSchema = z.strictObject({
  title: z.string().min(1).describe('Title of the page'),
  seeds: z
    .array(z.int().nonnegative())
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length, 'a seed is there twice')
    .default([1, 2, 3])
    .describe('Seeds of the runs; every arm is trained with each'),
  shared: settings.describe('Settings of all arms: start model, rollouts, steps, dataset'),
  mayDiffer: z
    .array(z.enum(ALLOWANCES))
    .default([])
    .describe(
      'Settings in which arms may differ, besides prompt, rewards, advantage and objective',
    ),
  arms: z
    .record(name, z.strictObject({ title: z.string().min(1), settings }))
    .refine((arms) => Object.keys(arms).length > 0, 'there is no arm')
    .refine((arms) => !('start' in arms), 'the arm "start" is the start model, which needs no name')
    .describe('Arms to compare, each with settings that override the shared ones'),
  evaluations: z
    .record(name, z.strictObject({ title: z.string().min(1), settings }))
    .refine((evaluations) => Object.keys(evaluations).length > 0, 'there is no evaluation')
    .describe('Evaluations of each trained model and of the start model'),
  differences: z
    .array(z.tuple([name, name]))
    .default([])
    .describe('Pairs of arms whose paired difference, second minus first, the page shows'),
});

/** A checked experiment file. */
export type Experiment = z.output<typeof experimentSchema>;

/** Name of the start model, which is evaluated like the arms. */
export const START = 'start';
