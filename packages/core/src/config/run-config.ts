/**
 * The schema of a run's configuration. Parts name a plugin and its options. The plugin's own zod schema checks the options when the parts
 * are prepared.
 */
import { z } from 'zod';
import type { PartKey } from '../spec/index.ts';
import { PART_KEYS } from '../spec/kinds.ts';
import { alertSettings } from './alert-settings.ts';
import { MIX } from './mix.ts';
import { courseSettings } from './course-settings.ts';
import { optimizerSchema, samplerSchema } from './settings.ts';

/** A plugin and its options: `{ use: top-p, temperature: 1 }`, or the bare name. */
const named = z.looseObject({
  use: z.string().min(1).describe('bundled name, path of a module, or npm package'),
});

function asPart(value: unknown): unknown {
  return typeof value === 'string' ? { use: value } : value;
}

const part = z.preprocess(asPart, named);

/** A list of datasets is a mixture of them. */
const dataset = z.preprocess(
  (value) => (Array.isArray(value) ? { use: MIX, of: value.map(asPart) } : asPart(value)),
  named,
);

/** One key for each kind of which a run has one part. */
const parts = Object.fromEntries(
  PART_KEYS.map((key) => [key, key === 'dataset' ? dataset : part]),
) as Readonly<Record<PartKey, typeof part>>;

const weightSchedule = z.strictObject({
  from: z.number().describe('weight up to step `start`'),
  to: z.number().describe('weight from step `start` + `steps` on'),
  start: z.int().nonnegative().default(0),
  steps: z.int().positive().describe('steps over which the weight changes linearly'),
});

const gate = z
  .strictObject({
    reward: z.string().min(1).describe('name of another reward of the run'),
    part: z.string().min(1).optional().describe('one of its parts instead of its value'),
    above: z.number().optional().describe('opens the gate when the value is greater'),
    atLeast: z.number().optional().describe('opens the gate when the value is not less'),
  })
  .refine(({ above, atLeast }) => (above === undefined) !== (atLeast === undefined), {
    message: 'give one of above and atLeast',
  });

const reward = z.preprocess(
  (value) => (typeof value === 'string' ? { use: value } : value),
  z.strictObject({
    use: z.string().min(1).describe('bundled name, path of a module, or npm package'),
    weight: z
      .union([z.number(), weightSchedule])
      .default(1)
      .describe('factor in the sum that advantages are computed from; may follow a schedule'),
    clip: z
      .tuple([z.number(), z.number()])
      .refine(([least, greatest]) => least <= greatest, 'the least value comes first')
      .optional()
      .describe('bounds that the value is clipped to, before the weight'),
    gate: gate.optional().describe('counts the reward as 0 unless another reward reaches a bound'),
    timeoutMs: z
      .int()
      .positive()
      .default(10_000)
      .describe('longest time for a group, then it fails'),
    isolate: z
      .boolean()
      .optional()
      .describe(
        'runs the reward in a thread of its own, where a hang can be ended; by default only rewards from outside',
      ),
    options: z.record(z.string(), z.unknown()).default({}).describe("the reward's own options"),
  }),
);

const count = z.int().nonnegative();

/** `EvaluationCondition` of the spec without `as-filmed`, which is always evaluated. */
const controls = z.array(
  z.enum(['images', 'blank', 'shuffled', 'reversed', 'mirrored', 'first-frame', 'swapped']),
);

const trainingBenchmark = z.preprocess(
  (value) => (typeof value === 'string' ? { use: value } : value),
  z.looseObject({
    use: z.string().min(1).describe('bundled name, path of a module, or npm package'),
    items: z.int().positive().default(100).describe('number of items, always the same sample'),
  }),
);

/** zod schema of a whole run. Every key is required here; the defaults are in `defaults.ts`. */
export const runConfigSchema = z.strictObject({
  seed: count.describe('seed of every random draw of the run'),
  steps: count.describe('number of batches of rollouts to learn from'),
  promptsPerStep: z.int().positive().describe('prompts (groups) in each step'),
  updatesPerBatch: z
    .int()
    .positive()
    .describe('passes over each batch; from the second on the ratio is clipped'),
  minibatches: z
    .int()
    .positive()
    .describe('parts of a batch with an optimizer step each; at most one for each group'),
  accumulation: z.int().positive().describe('micro-batches whose gradients make one update'),
  logProbTemperature: z
    .enum(['sampling', 'one'])
    .describe('temperature of the log-probabilities: that of sampling, or 1'),
  maxFailedGroupShare: z
    .number()
    .min(0)
    .max(1)
    .describe('stops the run when a greater share of groups lost a reward to a failure'),
  maxRefusedShare: z
    .number()
    .min(0)
    .max(1)
    .describe('stops the run when it skipped a greater share of its last 64 samples'),
  prefetchSteps: count.describe(
    'steps whose prompts are read ahead while the engine works; each takes memory; 0: none',
  ),
  evaluate: z.strictObject({
    every: count.describe('steps between evaluations during the run; 0: only before and after'),
    questions: z
      .union([z.literal('auto'), count])
      .describe(
        'questions of `benchmark` in each evaluation; auto: its usual number; 0: no evaluation',
      ),
    decoding: z
      .enum(['auto', 'sampled', 'greedy'])
      .describe(
        'sampled: draws as in training, and so measures what training improves; greedy: takes the likeliest tokens; auto: as usual for the benchmark',
      ),
    samples: z
      .int()
      .positive()
      .describe('answers to each question; several give pass@k and the majority answer'),
    as: z
      .enum(['auto', 'video', 'images'])
      .describe('how videos are shown; auto: as the policy shows them'),
    batchSize: z.int().positive().describe('prompts sampled together'),
    controls: z
      .union([z.literal('auto'), z.boolean(), controls])
      .describe(
        'further conditions after the run; true: [blank, swapped]; auto: those of the benchmark',
      ),
    benchmarks: z
      .array(trainingBenchmark)
      .describe('further benchmarks in each evaluation, with their options beside `use`'),
  }),
  checkpoint: z.strictObject({
    every: count.describe('steps between checkpoints; 0: only at the end'),
    keep: count.describe('newest checkpoints to keep; 0 keeps all'),
    best: z
      .string()
      .min(1)
      .optional()
      .describe(
        'figure of the evaluation, such as answers; also keeps the checkpoint where it is greatest',
      ),
  }),
  ...courseSettings,
  alerts: z
    .union([z.literal(false), alertSettings])
    .optional()
    .describe('thresholds of alerts, with defaults; false: no alerts'),
  ...parts,
  sampler: samplerSchema,
  rewards: z.array(reward),
  optimizer: optimizerSchema,
  sinks: z.array(part),
});

/** A whole run, resolved: bare names expanded, defaults filled in. Stored as `config.yaml` in the run folder. */
export type RunConfig = z.output<typeof runConfigSchema>;

/** A plugin's name (or path, or package) with its options beside it. */
export type PartConfig = RunConfig['policy'];

/** A benchmark that is evaluated beside the run's own, with its options. */
export type TrainingBenchmarkConfig = RunConfig['evaluate']['benchmarks'][number];

/** A reward in a run. */
export type RewardConfig = RunConfig['rewards'][number];
