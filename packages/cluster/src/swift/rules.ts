/** Rules of ms-swift for the settings of a run. Names are those of its documentation at 3602360a5 (August 2026). */
import { SHARED_RULES } from '../mapping/shared-rules.ts';
import { AUTO_NOTE, always, byLoci, differs, inert, mapped, refused } from '../mapping/rules.ts';
import type { RuleBook, RuleContext } from '../mapping/rules.ts';
import type { SwiftOptions } from './options.ts';

type Context = RuleContext<SwiftOptions>;

/** Loss type of ms-swift by objective; that of `grpo` depends on the aggregation. */
const LOSSES: Readonly<Record<string, string>> = {
  'dr-grpo': 'dr_grpo',
  bnpo: 'dapo',
  dapo: 'dapo',
  gspo: 'grpo',
  cispo: 'cispo',
  sapo: 'sapo',
};
const AGGREGATIONS: Readonly<Record<string, string>> = {
  completion: 'grpo',
  token: 'dapo',
  constant: 'dr_grpo',
};
const SWIFT_EPSILON = 1e-4;

function hasKl({ config }: Context): boolean {
  return Number(config.objective['klWeight']) > 0;
}

const OBJECTIVE_RULES: RuleBook<SwiftOptions> = {
  'objective.use': (use: string, { config }) => {
    const loss =
      use === 'grpo' ? AGGREGATIONS[String(config.objective['aggregation'])] : LOSSES[use];
    return loss === undefined
      ? refused(`of Loci's objectives, ms-swift has grpo, ${Object.keys(LOSSES).join(', ')}`)
      : mapped({ loss_type: loss });
  },
  'objective.imitate': always(refused('Loci lets ms-swift train on rollouts only')),
  'objective.aggregation': (kind: string) => mapped({ loss_type: AGGREGATIONS[kind]! }),
  'objective.maxCompletionTokens': (tokens: number, { config }) =>
    tokens === config.sampler.maxNewTokens
      ? byLoci('ms-swift divides by the same length, sampler.maxNewTokens')
      : refused('ms-swift divides by sampler.maxNewTokens: set this to the same value'),
  'objective.klWeight': (weight: number) => mapped({ beta: weight }),
  'objective.klClamp': always(differs('ms-swift does not clamp the log-ratio')),
  'objective.klEstimator': (estimator: string, context) =>
    estimator === 'k3' || !hasKl(context)
      ? byLoci('k3, as there')
      : refused('ms-swift has only k3'),
  'objective.klIn': (place: string, context) =>
    place === 'loss' || !hasKl(context)
      ? mapped({ kl_in_reward: false })
      : refused('the KL in the reward of ms-swift is not known to be the same'),
  'objective.klBiasCorrection': (on: boolean) =>
    on ? refused('ms-swift does not multiply its KL by the ratio') : inert('off, as there'),
  'objective.ratio': (ratio: string) =>
    ratio === 'sequence-token'
      ? refused('ms-swift has only token and sequence')
      : mapped({ importance_sampling_level: ratio }),
  'objective.old': (old: string) =>
    old === 'current'
      ? byLoci('as there')
      : refused('ms-swift always computes the old log-probabilities itself'),
  'objective.correction': always(inert('off')),
  'objective.correction.mode': (mode: string) =>
    mapped({ rollout_importance_sampling_mode: mode.replace('-', '_') }),
  'objective.correction.min': (least: number) =>
    least === 0 ? inert('weights are not below 0') : refused('ms-swift bounds weights only above'),
  'objective.correction.max': (most: number) =>
    mapped({ rollout_importance_sampling_threshold: most }),
  'objective.offPolicyThreshold': (bound: number) =>
    mapped({ off_policy_sequence_mask_delta: bound }),
  'objective.entropyWeight': (weight: number) =>
    weight === 0 ? inert('off, as there') : refused('ms-swift has no entropy bonus'),
  'objective.demonstrationWeight': (weight: number) =>
    weight === 0
      ? inert('off, as there')
      : refused('Loci does not pass demonstrations to ms-swift'),
  'objective.clipLow': (low: number) => mapped({ epsilon: low }),
  'objective.clipHigh': (high: number) => mapped({ epsilon_high: high }),
  'objective.delta': (delta: number) => mapped({ delta }),
  'objective.ratioBound': (bound: number) => mapped({ epsilon_high: bound }),
  'objective.temperaturePositive': (tau: number) => mapped({ tau_pos: tau }),
  'objective.temperatureNegative': (tau: number) => mapped({ tau_neg: tau }),
  ...Object.fromEntries(
    ['powerPositive', 'decayPositive', 'powerNegative', 'decayNegative'].map((name) => [
      `objective.${name}`,
      always(refused('Loci does not map this objective to ms-swift')),
    ]),
  ),
  'advantage.use': (use: string) => {
    if (use === 'group-normalised') return mapped({ advantage_estimator: 'grpo' });
    if (use === 'auto') return mapped({ advantage_estimator: 'grpo' }, AUTO_NOTE);
    return use === 'rloo'
      ? mapped({ advantage_estimator: 'rloo', scale_rewards: 'none' })
      : refused('only group-normalised and rloo are known to be the same in ms-swift');
  },
  'advantage.divideByStd': (divides: boolean) =>
    mapped({ scale_rewards: divides ? 'group' : 'none' }),
  'advantage.epsilon': (epsilon: number) =>
    epsilon === SWIFT_EPSILON
      ? inert('as there')
      : differs(`ms-swift adds 1e-4 to the standard deviation, not ${epsilon}`),
  'advantage.precision': (precision: string) =>
    precision === 'float32'
      ? inert('as there')
      : differs('ms-swift computes advantages in float32'),
  'advantage.compat': always(refused('a missing reward drops its group in ms-swift, never a 0')),
  'advantage.normaliseBatch': always(refused('Loci does not map this estimator to ms-swift')),
  'advantage.keep': always(refused('Loci does not map this estimator to ms-swift')),
  'advantage.atLeast': always(refused('Loci does not map this estimator to ms-swift')),
  'schedule.use': (use: string, { config }) => {
    const warms = Number(config.schedule['warmupSteps']) > 0;
    if (use === 'constant') {
      return mapped({ lr_scheduler_type: warms ? 'constant_with_warmup' : 'constant' });
    }
    if (use !== 'cosine') return refused('Loci maps only constant and cosine to ms-swift');
    const hasFloor = Number(config.schedule['floor']) > 0;
    return mapped({ lr_scheduler_type: hasFloor ? 'cosine_with_min_lr' : 'cosine' });
  },
  'schedule.warmupSteps': (steps: number) =>
    mapped(
      { warmup_steps: steps === 0 ? 0 : steps + 1 },
      steps === 0 ? undefined : 'ms-swift starts at a rate of 0, so its warm-up lags one step',
    ),
  'schedule.floor': (floor: number) =>
    floor === 0 ? inert('0, as there') : mapped({ lr_scheduler_kwargs: { min_lr_rate: floor } }),
};

const RUN_RULES: RuleBook<SwiftOptions> = {
  seed: (seed: number) =>
    mapped(
      { seed, data_seed: seed },
      'ms-swift draws and shuffles with its own generators, so no draw is the same as in Loci',
    ),
  steps: (steps: number) => mapped({ max_steps: steps }),
  promptsPerStep: (prompts: number, { config, options }) => {
    const completions = prompts * config.sampler.completionsPerPrompt;
    const pass = options.nodes * options.gpusPerNode * options.microBatchPerGpu;
    return completions % pass === 0
      ? mapped({
          generation_batch_size: completions,
          gradient_accumulation_steps: completions / pass,
        })
      : refused(`${completions} completions per step do not divide into passes of ${pass}`);
  },
  updatesPerBatch: (times: number) =>
    times === 1
      ? mapped({ num_iterations: 1 })
      : refused('ms-swift counts every update as a step, so only one update per batch is possible'),
  minibatches: (parts: number) =>
    parts === 1
      ? inert('one, as there')
      : refused('ms-swift counts every update as a step, so only one update per batch is possible'),
  accumulation: always(
    inert(
      'affects memory only; trainer.microBatchPerGpu sets the completions in one pass on a GPU',
    ),
  ),
  logProbTemperature: (at: string, { config }) =>
    at === 'sampling' || config.sampler.temperature === 1
      ? byLoci('ms-swift takes log-probabilities at the temperature of sampling')
      : refused('ms-swift takes log-probabilities at the temperature of sampling'),
  maxFailedGroupShare: always(
    differs(
      'failed groups have advantages of 0 in ms-swift, and the run continues; alerts report them',
    ),
  ),
  'evaluate.every': (every: number) =>
    every === 0
      ? mapped({ eval_strategy: 'no' })
      : mapped(
          { eval_strategy: 'steps', eval_steps: every },
          'ms-swift scores its validation rows with the rewards; no benchmark runs during training',
        ),
  'evaluate.questions': always(
    byLoci('number of validation rows (auto: 100; 0: one, which is never generated)'),
  ),
  'evaluate.decoding': (decoding: string) =>
    decoding === 'greedy'
      ? refused('ms-swift samples validation as in training')
      : inert('sampled as in training'),
  'evaluate.samples': (samples: number) => mapped({ num_generations_eval: samples }),
  'checkpoint.every': (every: number, { config }) =>
    mapped({ save_steps: every === 0 ? config.steps : every }),
  'checkpoint.keep': (keep: number) =>
    keep === 0 ? inert('all are kept, as there') : mapped({ save_total_limit: keep }),
  dynamicSampling: always(mapped({ dynamic_sample: true })),
  'dynamicSampling.attempts': (times: number) =>
    mapped({ dynamic_sample: true, max_resample_times: times }),
  'sampler.completionsPerPrompt': (count: number) => mapped({ num_generations: count }),
  'sampler.temperature': (temperature: number) =>
    temperature > 0
      ? mapped({ temperature })
      : refused('at temperature 0 all completions of a group are the same'),
  'sampler.topP': (topP: number) => mapped({ top_p: topP }),
  'sampler.topK': (topK: number) => mapped({ top_k: topK === 0 ? -1 : topK }),
  'sampler.repetitionPenalty': (penalty: number) => mapped({ repetition_penalty: penalty }),
  'sampler.maxNewTokens': (tokens: number) => mapped({ max_completion_length: tokens }),
  'sampler.chunkTokens': always(inert('completions are not streamed')),
  'optimizer.learningRate': (rate: number) => mapped({ learning_rate: rate }),
  'optimizer.beta1': (beta: number) => mapped({ adam_beta1: beta }),
  'optimizer.beta2': (beta: number) => mapped({ adam_beta2: beta }),
  'optimizer.epsilon': (epsilon: number) => mapped({ adam_epsilon: epsilon }),
  'optimizer.weightDecay': (decay: number) => mapped({ weight_decay: decay }),
  'optimizer.maxGradNorm': (norm: number) => mapped({ max_grad_norm: norm }),
};

const POLICY_RULES: RuleBook<SwiftOptions> = {
  'policy.model': (folder: string, { options }) => mapped({ model: options.model ?? folder }),
  'policy.recompute': always(
    inert('gradient checkpointing is always on in ms-swift: it affects memory, not the result'),
  ),
  'policy.freeze': always(mapped({ freeze_vit: true, freeze_aligner: true })),
  'policy.lora': always(byLoci('an adapter with the usual settings')),
  'policy.lora.adapter': (folder: string) =>
    folder.startsWith('/')
      ? mapped({ adapters: folder })
      : refused('give the absolute path of the adapter, as the nodes see it'),
  'policy.lora.rank': (rank: number) => mapped({ lora_rank: rank }),
  'policy.lora.alpha': (alpha: number) => mapped({ lora_alpha: alpha }),
  'policy.lora.rankStabilised': (on: boolean) => mapped({ use_rslora: on }),
  'policy.lora.modules': (modules: string | readonly string[]) =>
    mapped({ target_modules: modules }),
  'policy.lora.vision': (vision: boolean) =>
    mapped({ freeze_vit: !vision, freeze_aligner: !vision }),
  'policy.lora.modulesToSave': (modules: readonly string[]) => mapped({ modules_to_save: modules }),
  'policy.lora.layers': always(refused('ms-swift adapts all layers')),
  'policy.lora.rankPattern.**': always(refused('ms-swift has one rank')),
  'policy.lora.alphaPattern.**': always(refused('ms-swift has one alpha')),
};

const TRAINER_RULES: RuleBook<SwiftOptions> = {
  'trainer.on': always(byLoci('where the command runs')),
  'trainer.model': (folder: string) => mapped({ model: folder }),
  'trainer.nodes': always(byLoci('variables of torchrun in the command')),
  'trainer.gpusPerNode': always(byLoci('variables of torchrun in the command')),
  'trainer.maxRows': always(byLoci('Loci exports so many rows')),
  'trainer.tensorParallel': (gpus: number) => mapped({ vllm_tensor_parallel_size: gpus }),
  'trainer.gpuMemoryUtilization': (share: number) => mapped({ vllm_gpu_memory_utilization: share }),
  'trainer.microBatchPerGpu': (count: number) => mapped({ per_device_train_batch_size: count }),
  'trainer.deepspeed': (stage: string) => mapped({ deepspeed: stage }),
  'trainer.overrides': always(inert('none')),
  'trainer.overrides.**': always(byLoci('passed to ms-swift unchanged')),
};

/** Every rule of ms-swift. */
export const SWIFT_RULES: RuleBook<SwiftOptions> = {
  ...SHARED_RULES,
  ...RUN_RULES,
  ...POLICY_RULES,
  ...TRAINER_RULES,
  ...OBJECTIVE_RULES,
};
