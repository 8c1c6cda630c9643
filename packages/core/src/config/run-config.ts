/**
 * The shape of a run's configuration. Parts name a plugin and its options; what the options may be is the plugin's own
 * zod object, checked when the container is built.
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

/** One entry for each kind of which a run has one part. */
const parts = Object.fromEntries(
  PART_KEYS.map((key) => [key, key === 'dataset' ? dataset : part]),
) as Readonly<Record<PartKey, typeof part>>;

const weightSchedule = z.strictObject({
  from: z.number().describe('weight up to the step `start`'),
  to: z.number().describe('weight from step `start` + `steps` on'),
  start: z.int().nonnegative().default(0),
  steps: z.int().positive().describe('steps on the straight line from one to the other'),
});

const gate = z
  .strictObject({
    reward: z.string().min(1).describe('name of another reward of the run'),
    part: z.string().min(1).optional().describe('one of its parts instead of its value'),
    above: z.number().optional().describe('open where the value is greater than this'),
    atLeast: z.number().optional().describe('open where the value is not less than this'),
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
      .describe('factor in the sum that the advantages are computed from; may move over the steps'),
    clip: z
      .tuple([z.number(), z.number()])
      .refine(([least, greatest]) => least <= greatest, 'the least value comes first')
      .optional()
      .describe('values below the first or above the second count as these, before the weight'),
    gate: gate.optional().describe('counts only where another reward of the run allows it, else 0'),
    timeoutMs: z.int().positive().default(10_000).describe('a group that takes longer fails'),
    isolate: z
      .boolean()
      .optional()
      .describe(
        'in a thread of its own, where a hang can be ended; by default rewards from outside',
      ),
    options: z.record(z.string(), z.unknown()).default({}).describe("the reward's own options"),
  }),
);

const count = z.int().nonnegative();

/** As `EvaluationCondition` of the spec, but for `as-filmed`, which is always evaluated. */
const controls = z.array(
  z.enum(['images', 'blank', 'shuffled', 'reversed', 'mirrored', 'first-frame', 'swapped']),
);

const trainingBenchmark = z.preprocess(
  (value) => (typeof value === 'string' ? { use: value } : value),
  z.looseObject({
    use: z.string().min(1).describe('bundled name, path of a module, or npm package'),
    items: z.int().positive().default(100).describe('a seeded sample of so many, always the same'),
  }),
);

/** zod object of a whole run; every key is required here, the defaults live in `defaults.ts`. */
export const runConfigSchema = z.strictObject({
  seed: count.describe('every random draw of the run derives from it'),
  steps: count.describe('batches of rollouts that are learned from'),
  promptsPerStep: z.int().positive().describe('prompts (groups) drawn a step'),
  updatesPerBatch: z
    .int()
    .positive()
    .describe('times that each batch is gone through; from the second on the ratio is clipped'),
  minibatches: z
    .int()
    .positive()
    .describe('parts of a batch with an optimizer step each; fewer where there are fewer groups'),
  accumulation: z.int().positive().describe('micro-batches whose gradients make one update'),
  logProbTemperature: z
    .enum(['sampling', 'one'])
    .describe('log-probabilities are those at the temperature of sampling, or at 1'),
  maxFailedGroupShare: z
    .number()
    .min(0)
    .max(1)
    .describe('the run stops when a greater share of its groups lost a reward'),
  maxRefusedShare: z
    .number()
    .min(0)
    .max(1)
    .describe('the run stops when more of its last 64 samples could not be read or did not fit'),
  prefetchSteps: count.describe(
    'steps whose prompts are read ahead while the engine works; 0: none; costs their memory',
  ),
  evaluate: z.strictObject({
    every: count.describe('steps between evaluations during the run; 0: only before and after'),
    questions: z
      .union([z.literal('auto'), count])
      .describe(
        'questions of `benchmark` evaluated each time; auto: as many as it usually takes; 0 switches evaluation off',
      ),
    decoding: z
      .enum(['auto', 'sampled', 'greedy'])
      .describe(
        'sampled: drawn as in training, which measures what training raises; greedy: likeliest tokens; auto: as the benchmark is usually evaluated',
      ),
    samples: z
      .int()
      .positive()
      .describe('answers to each question; several give pass@k and the answer of the majority'),
    as: z
      .enum(['auto', 'video', 'images'])
      .describe('how videos are shown; auto: as the policy shows them'),
    batchSize: z.int().positive().describe('prompts sampled at once'),
    controls: z
      .union([z.literal('auto'), z.boolean(), controls])
      .describe(
        'further conditions, after the run: true is [blank, swapped]; auto: those of the benchmark',
      ),
    benchmarks: z
      .array(trainingBenchmark)
      .describe('further benchmarks that are asked each time, with their options beside `use`'),
  }),
  checkpoint: z.strictObject({
    every: count.describe('steps between checkpoints; 0: only at the end'),
    keep: count.describe('newest checkpoints kept; 0 keeps all'),
    best: z
      .string()
      .min(1)
      .optional()
      .describe(
        'figure of the evaluation, such as answers; the checkpoint where it is greatest is kept as well',
      ),
  }),
  ...courseSettings,
  alerts: z
    .union([z.literal(false), alertSettings])
    .optional()
    .describe('thresholds that raise alerts; left out: the usual ones; false: no alerts'),
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

/** A benchmark that is asked beside the run's own, with its options. */
export type TrainingBenchmarkConfig = RunConfig['evaluate']['benchmarks'][number];

/** A reward in a run. */
export type RewardConfig = RunConfig['rewards'][number];
