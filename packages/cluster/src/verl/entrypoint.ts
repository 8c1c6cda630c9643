/** Builds the command that starts verl from the mapped settings and the facts of rows, model and storage. */
import { LociError } from '@loci/core';
import type { RunConfig } from '@loci/core';
import type { JobOutputs } from '../job.ts';
import type { EngineValue } from '../mapping/rules.ts';
import type { ExportedRows } from '../rows/export-rows.ts';
import { knownVersion } from './keys.ts';
import { objectiveDefaults } from './objective-rules.ts';
import type { VerlOptions } from './options.ts';
import { overrideWords } from './overrides.ts';

/** Input of `verlEntrypoint`. */
export interface EntrypointParts {
  readonly config: RunConfig;
  readonly options: VerlOptions;
  /** Settings of verl that the rules made, by key. */
  readonly set: ReadonlyMap<string, EngineValue>;
  readonly rows: ExportedRows;
  readonly outputs: Required<JobOutputs>;
  readonly patchSize: number;
  /** Name of the experiment. */
  readonly name: string;
}

/** File of the shim within the working folder. */
export const SHIM_FILE = 'loci_reward.py';

const ACTOR = 'actor_rollout_ref.actor';
const MODEL = 'actor_rollout_ref.model';
const ROLLOUT = 'actor_rollout_ref.rollout';
/** Completions per reward worker of verl, which waits for all of them at once. */
const COMPLETIONS_PER_WORKER = 250;
const LEAST_WORKERS = 8;
/** Tokens that vLLM schedules at once, by verl's default. */
const USUAL_BATCHED_TOKENS = 8192;
/** verl ends after its steps. Epochs must not run out before, even when verl draws new prompts for failed groups. */
const SPARE_EPOCHS = 10;

/**
 * The command.
 *
 * @throws LociError `verl-key`, `verl-override` for an override that Loci sets itself, `rows-too-few`.
 */
export function verlEntrypoint(parts: EntrypointParts): string {
  const { options, set } = parts;
  const version = knownVersion(options.version);
  const own = new Map<string, EngineValue>([
    ...Object.entries(dataKeys(parts)),
    ...Object.entries(loraDefaults(parts)),
    ...set,
    ...Object.entries(rewardKeys(parts)),
    ...Object.entries(trainerKeys(parts)),
    ...Object.entries(objectiveDefaults({ ...parts, key: 'objective' })),
  ]);
  for (const [key, value] of Object.entries(options.overrides)) {
    if (own.has(key)) {
      throw new LociError(
        'verl-override',
        `trainer.overrides: Loci sets ${key} from the settings of the run; change those instead`,
      );
    }
    own.set(key, value);
  }
  return ['python3', '-m', 'verl.trainer.main_ppo', ...overrideWords(own, version)].join(' ');
}

function dataKeys({
  config,
  rows,
  patchSize,
}: EntrypointParts): Readonly<Record<string, EngineValue>> {
  if (rows.trainCount < config.promptsPerStep) {
    throw new LociError(
      'rows-too-few',
      `${rows.trainCount} rows are fewer than the ${config.promptsPerStep} prompts of one step, and verl drops incomplete batches: lower promptsPerStep, or add samples`,
    );
  }
  const longest = rows.longestPrompt + config.sampler.maxNewTokens;
  return {
    'data.train_files': rows.train,
    'data.val_files': rows.validation ?? rows.train,
    'data.prompt_key': 'prompt',
    'data.image_key': 'images',
    'data.video_key': 'videos',
    'data.max_prompt_length': rows.longestPrompt,
    'data.filter_overlong_prompts': true,
    'data.truncation': 'error',
    'data.shuffle': true,
    'data.image_patch_size': patchSize,
    'data.gen_batch_size': 1,
    [`${ROLLOUT}.max_model_len`]: longest,
    [`${ROLLOUT}.max_num_batched_tokens`]: Math.max(USUAL_BATCHED_TOKENS, longest),
  };
}

/** Loci's defaults of an adapter; settings of the config go before them. */
function loraDefaults({ config }: EntrypointParts): Readonly<Record<string, EngineValue>> {
  const { lora } = config.policy;
  if (typeof lora !== 'object' || lora === null || 'adapter' in lora) return {};
  const { rank = 16 } = lora as { readonly rank?: number };
  return {
    [`${MODEL}.lora_rank`]: rank,
    [`${MODEL}.lora_alpha`]: 2 * rank,
    [`${MODEL}.target_modules`]: 'all-linear',
    [`${MODEL}.exclude_modules`]: '.*visual.*',
    [`${ROLLOUT}.load_format`]: 'safetensors',
  };
}

function rewardKeys({ config }: EntrypointParts): Readonly<Record<string, EngineValue>> {
  const completions = config.promptsPerStep * config.sampler.completionsPerPrompt;
  return {
    'reward.num_workers': Math.max(LEAST_WORKERS, Math.ceil(completions / COMPLETIONS_PER_WORKER)),
    'reward.custom_reward_function.path': SHIM_FILE,
    'reward.custom_reward_function.name': 'compute_score',
    'reward.reward_manager.source': 'importlib',
    'reward.reward_manager.name': 'LociRewardManager',
    'reward.reward_manager.module.path': SHIM_FILE,
    'trainer.v1.sampler.sync_refill_failed_groups': true,
  };
}

function trainerKeys({
  config,
  rows,
  outputs,
  name,
}: EntrypointParts): Readonly<Record<string, EngineValue>> {
  const epochs = Math.ceil((config.steps * config.promptsPerStep) / rows.trainCount);
  return {
    [`${ACTOR}.strategy`]: 'fsdp2',
    [`${ACTOR}.use_dynamic_bsz`]: false,
    [`${MODEL}.enable_gradient_checkpointing`]: true,
    [`${ROLLOUT}.name`]: 'vllm',
    [`${ROLLOUT}.calculate_log_probs`]: true,
    'trainer.use_v1': true,
    'trainer.total_epochs': SPARE_EPOCHS * Math.max(1, epochs),
    'trainer.val_before_train': false,
    'trainer.project_name': 'loci',
    'trainer.experiment_name': name,
    'trainer.logger': ['console', 'file'],
    'trainer.default_local_dir': outputs.checkpoints,
    'trainer.rollout_data_dir': outputs.rollouts,
    'trainer.resume_mode': 'auto',
  };
}
