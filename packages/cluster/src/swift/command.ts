/** Builds the command that starts ms-swift. */
import { LociError, shellWord } from '@loci/core';
import type { RunConfig } from '@loci/core';
import type { JobOutputs } from '../job.ts';
import type { EngineValue } from '../mapping/rules.ts';
import type { ExportedRows } from '../rows/export-rows.ts';
import type { SwiftOptions } from './options.ts';

/** Input of `swiftCommand`. */
export interface CommandParts {
  readonly config: RunConfig;
  readonly options: SwiftOptions;
  readonly set: ReadonlyMap<string, EngineValue>;
  readonly rows: ExportedRows;
  readonly outputs: JobOutputs;
  readonly attempt: number;
}

/**
 * The command of one node. With several, each node runs it with its own `NODE_RANK`, and `MASTER_ADDR` naming the first.
 *
 * @throws LociError `swift-override` for an override that Loci sets itself, `rows-too-few`.
 */
export function swiftCommand(parts: CommandParts): string {
  const { options, outputs, attempt } = parts;
  const words = new Map<string, EngineValue>([
    ...Object.entries(fixed(parts)),
    ...parts.set,
    ...Object.entries(tuning(parts)),
  ]);
  for (const [key, value] of Object.entries(options.overrides)) {
    if (words.has(key)) {
      throw new LociError(
        'swift-override',
        `trainer.overrides: Loci sets --${key} from the settings of the run; change those instead`,
      );
    }
    words.set(key, value);
  }
  const own = [...words].flatMap(([key, value]) => [`--${key}`, ...argument(value)]);
  const torchrun =
    options.nodes === 1
      ? []
      : [
          `NNODES=${options.nodes}`,
          'NODE_RANK="${NODE_RANK:?number of this node, from 0}"',
          'MASTER_ADDR="${MASTER_ADDR:?address of node 0}"',
        ];
  const newest = `last=$(ls -d ${shellWord(outputs.checkpoints)}/checkpoint-* 2>/dev/null | sort -V | tail -n 1);`;
  return [
    ...(attempt > 1 ? [newest] : []),
    ...torchrun,
    `NPROC_PER_NODE=${options.gpusPerNode}`,
    'swift rlhf --rlhf_type grpo',
    ...own,
    ...(attempt > 1 ? ['${last:+--resume_from_checkpoint "$last"}'] : []),
  ].join(' ');
}

function fixed({ config, rows, outputs }: CommandParts): Readonly<Record<string, EngineValue>> {
  if (rows.trainCount < config.promptsPerStep) {
    throw new LociError(
      'rows-too-few',
      `${rows.trainCount} rows are fewer than the ${config.promptsPerStep} prompts of one step: lower promptsPerStep, or add samples`,
    );
  }
  const validates = config.evaluate.every > 0;
  return {
    dataset: rows.train,
    ...(validates && rows.validation !== undefined && { val_dataset: rows.validation }),
    external_plugins: 'loci_swift.py',
    reward_funcs: 'loci',
    remove_unused_columns: false,
    dataset_shuffle: true,
    max_length: rows.longestPrompt,
    truncation_strategy: 'delete',
    torch_dtype: 'bfloat16',
    use_vllm: true,
    vllm_mode: 'colocate',
    vllm_max_model_len: rows.longestPrompt + config.sampler.maxNewTokens,
    sleep_level: 1,
    log_completions: true,
    logging_steps: 1,
    add_version: false,
    output_dir: outputs.checkpoints,
  };
}

/** Full training or an adapter, and the frozen parts. ms-swift freezes the vision tower by default. */
function tuning({ config, set }: CommandParts): Readonly<Record<string, EngineValue>> {
  const { lora } = config.policy;
  const isFrozen = set.get('freeze_vit') ?? lora !== undefined;
  const frozen = { freeze_vit: isFrozen, freeze_aligner: isFrozen };
  if (typeof lora !== 'object' || lora === null) return { tuner_type: 'full', ...frozen };
  if ('adapter' in lora) return { tuner_type: 'lora', ...frozen };
  const { rank = 16, alpha = 2 * rank, modules = 'all-linear' } = lora as LoraLike;
  return {
    ...{ tuner_type: 'lora', lora_rank: rank, lora_alpha: alpha, target_modules: modules },
    ...frozen,
  };
}

interface LoraLike {
  readonly rank?: number;
  readonly alpha?: number;
  readonly modules?: string | readonly string[];
}

function argument(value: EngineValue): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: EngineValue) => argument(item));
  if (typeof value === 'object' && value !== null) return [shellWord(JSON.stringify(value))];
  return [shellWord(String(value))];
}

/**
 * Environment variables that keep ms-swift from scaling the frames that Loci wrote.
 *
 * @param tokenSide pixels of a token's side: 28 or 32.
 */
export function frameVariables(
  { leastArea, greatestArea }: Pick<ExportedRows, 'leastArea' | 'greatestArea'>,
  modelType: string,
  tokenSide: number,
): Readonly<Record<string, string>> {
  if (greatestArea === 0) return {};
  const [least, most] = [leastArea, greatestArea];
  if (modelType.startsWith('qwen2')) {
    return {
      MIN_PIXELS: `${least}`,
      MAX_PIXELS: `${most}`,
      VIDEO_MIN_PIXELS: `${least}`,
      VIDEO_MAX_PIXELS: `${most}`,
    };
  }
  const [fewest, greatest] = [least / tokenSide ** 2, most / tokenSide ** 2];
  return {
    IMAGE_MIN_TOKEN_NUM: `${fewest}`,
    IMAGE_MAX_TOKEN_NUM: `${greatest}`,
    VIDEO_MIN_TOKEN_NUM: `${fewest}`,
    VIDEO_MAX_TOKEN_NUM: `${greatest}`,
  };
}
