/** The form of an experiment file: `configs/experiments/*.yaml`. */
import { z } from 'zod';

/** A name of an arm or an evaluation; it is a folder's, too. */
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/u, 'a name is of small letters, digits and hyphens');

/** Settings of a run, laid over those below it. They are checked as a run's config is. */
const settings = z.record(z.string(), z.unknown()).default({});

/** Settings beside those of prompt, rewards, advantage and objective that a file may allow its arms to differ in. */
export const ALLOWANCES = [
  'optimizer',
  'schedule',
  'updatesPerBatch',
  'minibatches',
  'accumulation',
] as const;

/** An experiment file. */
export const experimentSchema = z.strictObject({
  title: z.string().min(1).describe('Of the page'),
  seeds: z
    .array(z.int().nonnegative())
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length, 'a seed is there twice')
    .default([1, 2, 3])
    .describe('Of the runs; every arm is trained with each'),
  shared: settings.describe('Settings of all arms: start model, rollouts, steps, dataset'),
  mayDiffer: z
    .array(z.enum(ALLOWANCES))
    .default([])
    .describe('Settings that arms may differ in beside prompt, rewards, advantage and objective'),
  arms: z
    .record(name, z.strictObject({ title: z.string().min(1), settings }))
    .refine((arms) => Object.keys(arms).length > 0, 'there is no arm')
    .refine((arms) => !('start' in arms), 'the arm "start" is the start model, which needs no name')
    .describe('What is compared, each with its settings over the shared ones'),
  evaluations: z
    .record(name, z.strictObject({ title: z.string().min(1), settings }))
    .refine((evaluations) => Object.keys(evaluations).length > 0, 'there is no evaluation')
    .describe('How each trained model, and the start model, is evaluated'),
  differences: z
    .array(z.tuple([name, name]))
    .default([])
    .describe('Pairs of arms whose paired difference, second minus first, the page shows'),
});

/** A checked experiment file. */
export type Experiment = z.output<typeof experimentSchema>;

/** The start model, evaluated like the arms and trained in none. */
export const START = 'start';
