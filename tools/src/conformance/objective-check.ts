/** Vectors of policy losses: loss and both derivatives, through the objectives that a run trains with. */
import { corePlugins, createFromPlugin, parseOptions } from '@loci/core';
import type { CompletionTokens, Objective } from '@loci/core';
import { z } from 'zod';
import type { Check } from './check.ts';
import { checkResult } from './check.ts';
import { FLOAT64 } from './compare.ts';
import { number, numbers } from './inputs.ts';
import { CONTEXT } from './score-group.ts';

const rows = z.array(numbers);

/** A field in which null means the same as a missing value. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const settingsInput = z.object({
  loss_type: z.enum(['grpo', 'bnpo', 'dr_grpo', 'dapo', 'luspo', 'cispo', 'sapo', 'vespo']),
  importance_sampling_level: z.enum(['token', 'sequence']),
  beta: number,
  use_bias_correction_kl: z.boolean(),
  epsilon_low: number,
  epsilon_high: number,
  delta: optional(number),
  off_policy_mask_threshold: optional(number),
  entropy_coef: number,
  max_completion_length: z.int(),
  sampler_correction: z
    .object({
      mode: z.enum(['token_truncate', 'token_mask', 'sequence_truncate', 'sequence_mask']),
      min: optional(number),
      max: optional(number),
    })
    .nullish(),
  sapo_temperature_pos: number.optional(),
  sapo_temperature_neg: number.optional(),
  vespo_k_pos: number.optional(),
  vespo_lambda_pos: number.optional(),
  vespo_k_neg: number.optional(),
  vespo_lambda_neg: number.optional(),
});

type Settings = z.output<typeof settingsInput>;

const lossInput = z.object({
  settings: settingsInput,
  log_probs: rows,
  old_log_probs: optional(rows),
  reference_log_probs: optional(rows),
  sampler_log_probs: optional(rows),
  entropies: optional(rows),
  mask: rows,
  advantages: numbers,
});

/** `objectives`. */
export const objectiveLoss: Check = checkResult(async ({ input }) => {
  const vector = lossInput.parse(input);
  const objective = await objectiveOf(vector.settings);
  const batch = vector.log_probs.map((logProbs, index): CompletionTokens => {
    const row = (name: string, of: readonly (readonly number[])[] | undefined): object =>
      of === undefined ? {} : { [name]: of[index] };
    return {
      logProbs,
      ...row('oldLogProbs', vector.old_log_probs),
      ...row('referenceLogProbs', vector.reference_log_probs),
      ...row('samplerLogProbs', vector.sampler_log_probs),
      ...row('entropies', vector.entropies),
      mask: vector.mask[index]!,
      advantage: vector.advantages[index]!,
      source: 'sampled',
    };
  });
  const { loss, dLogProbs, dEntropies } = objective.value(batch);
  return {
    loss,
    d_log_probs: dLogProbs.map((row) => [...row]),
    d_entropies: batch.map(({ mask }, index) => [
      ...(dEntropies?.[index] ?? Array.from(mask, () => 0)),
    ]),
  };
}, FLOAT64);

/** The bundled objective under TRL's settings; what TRL bounds by nothing is bounded by nothing here. */
async function objectiveOf(settings: Settings): Promise<Objective> {
  const name = settings.loss_type.replace('_', '-');
  const plugin = corePlugins.find((one) => one.kind === 'objective' && one.name === name);
  if (plugin?.kind !== 'objective') throw new Error(`there is no objective "${name}"`);
  return createFromPlugin(plugin, parseOptions(plugin, optionsOf(settings)), CONTEXT);
}

function optionsOf(settings: Settings): Readonly<Record<string, unknown>> {
  const { sampler_correction: correction, off_policy_mask_threshold: threshold } = settings;
  return {
    klWeight: settings.beta,
    klClamp: Number.MAX_VALUE,
    klBiasCorrection: settings.use_bias_correction_kl,
    ratio: settings.importance_sampling_level,
    entropyWeight: settings.entropy_coef,
    ...(threshold !== undefined && { offPolicyThreshold: threshold }),
    ...(correction && {
      correction: {
        mode: correction.mode.replace('_', '-'),
        ...(correction.min !== undefined && { min: correction.min }),
        ...(correction.max !== undefined && { max: correction.max }),
      },
    }),
    ...ownOptionsOf(settings),
  };
}

function ownOptionsOf(settings: Settings): Readonly<Record<string, unknown>> {
  switch (settings.loss_type) {
    case 'cispo':
      return { ratioBound: settings.epsilon_high };
    case 'sapo':
      return {
        temperaturePositive: settings.sapo_temperature_pos,
        temperatureNegative: settings.sapo_temperature_neg,
      };
    case 'vespo':
      return {
        powerPositive: settings.vespo_k_pos,
        decayPositive: settings.vespo_lambda_pos,
        powerNegative: settings.vespo_k_neg,
        decayNegative: settings.vespo_lambda_neg,
      };
    case 'dr_grpo':
      return { ...clipOf(settings), maxCompletionTokens: settings.max_completion_length };
    default:
      return clipOf(settings);
  }
}

function clipOf({ epsilon_low, epsilon_high, delta }: Settings): Readonly<Record<string, unknown>> {
  return { clipLow: epsilon_low, clipHigh: epsilon_high, ...(delta !== undefined && { delta }) };
}
