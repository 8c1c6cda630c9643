/** Rules of verl for the settings of run, sampler, optimizer, policy and trainer. */
import { SHARED_RULES } from '../mapping/shared-rules.ts';
import { always, byLoci, differs, inert, mapped, refused } from '../mapping/rules.ts';
import type { RuleBook } from '../mapping/rules.ts';
import { ADVANTAGE_RULES, OBJECTIVE_RULES } from './objective-rules.ts';
import type { VerlOptions } from './options.ts';

const ACTOR = 'actor_rollout_ref.actor';
const MODEL = 'actor_rollout_ref.model';
const ROLLOUT = 'actor_rollout_ref.rollout';
/** A bound on the gradient norm that never acts. */
const NO_CLIP = 1e9;

const RUN_RULES: RuleBook<VerlOptions> = {
  seed: (seed: number) =>
    mapped(
      {
        'data.seed': seed,
        [`${ACTOR}.data_loader_seed`]: seed,
        [`${ACTOR}.fsdp_config.seed`]: seed,
        [`${ROLLOUT}.seed`]: seed,
      },
      'verl draws and shuffles with its own generators, so no draw is the same as in Loci',
    ),
  steps: (steps: number) => mapped({ 'trainer.total_training_steps': steps }),
  promptsPerStep: (prompts: number, { config, options }) => {
    const completions = prompts * config.sampler.completionsPerPrompt;
    const gpus = options.nodes * options.gpusPerNode;
    return completions % gpus === 0
      ? mapped({ 'data.train_batch_size': prompts })
      : refused(`${completions} completions per step do not divide evenly among ${gpus} GPUs`);
  },
  updatesPerBatch: (times: number) => mapped({ [`${ACTOR}.ppo_epochs`]: times }),
  minibatches: (parts: number, { config, options }) => {
    const prompts = config.promptsPerStep / parts;
    if (!Number.isInteger(prompts)) {
      return refused(
        `${config.promptsPerStep} prompts per step do not divide into ${parts} equal parts`,
      );
    }
    const lanes = (options.nodes * options.gpusPerNode) / options.sequenceParallel;
    const completions = prompts * config.sampler.completionsPerPrompt;
    return completions % (lanes * options.microBatchPerGpu) === 0
      ? mapped({ [`${ACTOR}.ppo_mini_batch_size`]: prompts })
      : refused(
          `${completions} completions per update do not divide evenly among ${lanes} GPUs in passes of ${options.microBatchPerGpu}`,
        );
  },
  accumulation: always(
    inert(
      'affects memory only; trainer.microBatchPerGpu sets the completions in one pass on a GPU',
    ),
  ),
  logProbTemperature: (at: string, { config }) =>
    at === 'sampling' || config.sampler.temperature === 1
      ? byLoci('verl takes log-probabilities at the temperature of sampling')
      : refused('verl takes log-probabilities at the temperature of sampling'),
  maxFailedGroupShare: always(
    differs(
      'verl draws other prompts for failed groups, and ends when none are left; alerts report them',
    ),
  ),
  'evaluate.every': (every: number) =>
    mapped(
      { 'trainer.test_freq': every === 0 ? -1 : every },
      'verl scores its validation rows with the rewards; no benchmark runs during training',
    ),
  'evaluate.questions': always(
    byLoci('number of validation rows (auto: 100; 0: one, which is never generated)'),
  ),
  'evaluate.decoding': (decoding: string, { config }) =>
    decoding === 'sampled'
      ? mapped({
          [`${ROLLOUT}.val_kwargs.do_sample`]: true,
          [`${ROLLOUT}.val_kwargs.temperature`]: config.sampler.temperature,
          [`${ROLLOUT}.val_kwargs.top_p`]: config.sampler.topP,
          [`${ROLLOUT}.val_kwargs.top_k`]: config.sampler.topK === 0 ? -1 : config.sampler.topK,
        })
      : mapped({
          [`${ROLLOUT}.val_kwargs.do_sample`]: false,
          [`${ROLLOUT}.val_kwargs.temperature`]: 0,
        }),
  'evaluate.samples': (samples: number) => mapped({ [`${ROLLOUT}.val_kwargs.n`]: samples }),
  'checkpoint.every': (every: number, { config }) =>
    mapped({ 'trainer.save_freq': every === 0 ? config.steps : every }),
  'checkpoint.keep': (keep: number) =>
    mapped({ 'trainer.max_actor_ckpt_to_keep': keep === 0 ? null : keep }),
  'dynamicSampling.attempts': always(
    mapped(
      { 'algorithm.filter_groups.enable': true, 'algorithm.filter_groups.metric': 'score' },
      'verl draws until the batch is full, whatever the number of attempts',
    ),
  ),
  dynamicSampling: always(
    mapped({ 'algorithm.filter_groups.enable': true, 'algorithm.filter_groups.metric': 'score' }),
  ),

  'sampler.completionsPerPrompt': (count: number) => mapped({ [`${ROLLOUT}.n`]: count }),
  'sampler.temperature': (temperature: number) =>
    temperature > 0
      ? mapped({ [`${ROLLOUT}.temperature`]: temperature })
      : refused('at temperature 0 all completions of a group are the same'),
  'sampler.topP': (topP: number) => mapped({ [`${ROLLOUT}.top_p`]: topP }),
  'sampler.topK': (topK: number) => mapped({ [`${ROLLOUT}.top_k`]: topK === 0 ? -1 : topK }),
  'sampler.repetitionPenalty': (penalty: number) =>
    penalty === 1 ? inert('off, as there') : refused('verl always samples without a penalty'),
  'sampler.maxNewTokens': (tokens: number) => mapped({ 'data.max_response_length': tokens }),
  'sampler.chunkTokens': always(inert('completions are not streamed')),

  'optimizer.learningRate': (rate: number) => mapped({ [`${ACTOR}.optim.lr`]: rate }),
  'optimizer.beta1': (_: number, { config: { optimizer } }) =>
    mapped({ [`${ACTOR}.optim.betas`]: [optimizer.beta1, optimizer.beta2] }),
  'optimizer.beta2': (_: number, { config: { optimizer } }) =>
    mapped({ [`${ACTOR}.optim.betas`]: [optimizer.beta1, optimizer.beta2] }),
  'optimizer.epsilon': (epsilon: number) =>
    mapped({ [`${ACTOR}.optim.override_optimizer_config`]: { eps: epsilon } }),
  'optimizer.weightDecay': (decay: number) => mapped({ [`${ACTOR}.optim.weight_decay`]: decay }),
  'optimizer.maxGradNorm': (norm: number) => {
    const bound = norm === 0 ? NO_CLIP : norm;
    return mapped({ [`${ACTOR}.grad_clip`]: bound, [`${ACTOR}.optim.clip_grad`]: bound });
  },
};

const POLICY_RULES: RuleBook<VerlOptions> = {
  'policy.model': (folder: string, { options }) =>
    mapped({ [`${MODEL}.path`]: options.model ?? folder }),
  'policy.recompute': always(
    inert('gradient checkpointing is always on in verl: it affects memory, not the result'),
  ),
  'policy.freeze': (what: string) =>
    what === 'vision'
      ? mapped({ [`${ACTOR}.freeze_vision_tower`]: true })
      : refused('verl can freeze only the vision tower'),
  'policy.lora': always(byLoci('an adapter with the usual settings')),
  'policy.lora.adapter': (folder: string) =>
    folder.startsWith('/')
      ? mapped({ [`${MODEL}.lora_adapter_path`]: folder })
      : refused('give the absolute path of the adapter, as the nodes see it'),
  'policy.lora.rank': (rank: number) =>
    mapped({ [`${MODEL}.lora_rank`]: rank, [`${ROLLOUT}.load_format`]: 'safetensors' }),
  'policy.lora.alpha': (alpha: number) => mapped({ [`${MODEL}.lora_alpha`]: alpha }),
  'policy.lora.rankStabilised': (on: boolean) =>
    on ? refused('verl always scales by alpha / rank') : inert('off, as there'),
  'policy.lora.modules': (modules: string | readonly string[]) =>
    mapped({ [`${MODEL}.target_modules`]: modules }),
  'policy.lora.vision': (vision: boolean) =>
    vision
      ? mapped({ [`${MODEL}.exclude_modules`]: null })
      : mapped({ [`${MODEL}.exclude_modules`]: '.*visual.*' }),
  'policy.lora.layers': always(refused('verl adapts all layers')),
  'policy.lora.rankPattern.**': always(refused('verl has one rank')),
  'policy.lora.alphaPattern.**': always(refused('verl has one alpha')),
  'policy.lora.modulesToSave': always(refused('verl trains no full module beside the adapter')),
};

const TRAINER_RULES: RuleBook<VerlOptions> = {
  'trainer.version': always(byLoci('Loci uses the keys of this version')),
  'trainer.model': (folder: string) => mapped({ [`${MODEL}.path`]: folder }),
  'trainer.nodes': (nodes: number) => mapped({ 'trainer.nnodes': nodes }),
  'trainer.gpusPerNode': (gpus: number) => mapped({ 'trainer.n_gpus_per_node': gpus }),
  'trainer.tensorParallel': (gpus: number, { options }) =>
    options.gpusPerNode % gpus === 0
      ? mapped({ [`${ROLLOUT}.tensor_model_parallel_size`]: gpus })
      : refused(`the ${options.gpusPerNode} GPUs of a node do not divide into groups of ${gpus}`),
  'trainer.sequenceParallel': (gpus: number, { options }) =>
    (options.nodes * options.gpusPerNode) % gpus === 0
      ? mapped({
          [`${ACTOR}.ulysses_sequence_parallel_size`]: gpus,
          [`${ACTOR}.fsdp_config.ulysses_sequence_parallel_size`]: gpus,
        })
      : refused(
          `the ${options.nodes * options.gpusPerNode} GPUs do not divide into groups of ${gpus}`,
        ),
  'trainer.gpuMemoryUtilization': (share: number) =>
    mapped({ [`${ROLLOUT}.gpu_memory_utilization`]: share }),
  'trainer.microBatchPerGpu': (completions: number) =>
    mapped({
      [`${ACTOR}.ppo_micro_batch_size_per_gpu`]: completions,
      [`${ROLLOUT}.log_prob_micro_batch_size_per_gpu`]: completions,
      'actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu': completions,
    }),
  'trainer.offload': (offload: boolean) =>
    mapped({
      [`${ACTOR}.fsdp_config.param_offload`]: offload,
      [`${ACTOR}.fsdp_config.optimizer_offload`]: offload,
      'actor_rollout_ref.ref.fsdp_config.param_offload': offload,
    }),
  'trainer.removePadding': (packs: boolean) => mapped({ [`${MODEL}.use_remove_padding`]: packs }),
  'trainer.fullWeights': (whole: boolean, { config }) => {
    const contents = ['model', 'optimizer', 'extra'];
    const isAdapter = config.policy['lora'] !== undefined;
    return mapped({
      [`${ACTOR}.checkpoint.save_contents`]:
        whole && !isAdapter ? [...contents, 'hf_model'] : contents,
    });
  },
  'trainer.maxRows': always(byLoci('Loci exports so many rows')),
  'trainer.overrides': always(inert('none')),
  'trainer.overrides.**': always(byLoci('passed to verl unchanged')),
};

/** Every rule of verl. */
export const VERL_RULES: RuleBook<VerlOptions> = {
  ...SHARED_RULES,
  ...RUN_RULES,
  ...POLICY_RULES,
  ...TRAINER_RULES,
  ...OBJECTIVE_RULES,
  ...ADVANTAGE_RULES,
};
