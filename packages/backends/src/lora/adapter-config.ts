/**
 * Reads `adapter_config.json` in PEFT's layout. A field that requires other arithmetic than plain LoRA's (DoRA, for example) is rejected by
 * name. Fields that only PEFT needs are ignored. Format: https://huggingface.co/docs/peft/package_reference/lora
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';
import { ADAPTER_CONFIG_FILE } from '../weights/adapter-folder-file.ts';

/** Which modules: ends of their names, a regular expression of their whole names, or `all-linear`. */
export type ModuleSelection = readonly string[] | string;

/** The settings of an adapter: which layers, at what rank and scale. */
export interface AdapterConfig {
  readonly rank: number;
  readonly alpha: number;
  readonly rankStabilised: boolean;
  readonly targets: ModuleSelection;
  readonly exclude?: ModuleSelection | undefined;
  /** Numbers of the layers that are adapted; all when absent. */
  readonly layers?: readonly number[] | undefined;
  /** Names of the lists that those numbers count in; any when absent. */
  readonly layerLists?: readonly string[] | undefined;
  /** Ranks and alphas of modules whose names end in a regular expression. */
  readonly rankPattern: Readonly<Record<string, number>>;
  readonly alphaPattern: Readonly<Record<string, number>>;
  /** Ends of the names of modules that are trained whole. */
  readonly modulesToSave: readonly string[];
  /** Share of inputs dropped while the adapter was trained elsewhere. */
  readonly dropout: number;
  /** Name or folder of the base that it was trained on, where it is stated. */
  readonly base?: string | undefined;
}

const count = z.int().positive();
const selection = z.union([z.string(), z.array(z.string()).min(1)]);
const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const schema = z.object({
  peft_type: z.literal('LORA', 'only "LORA" is implemented'),
  r: count,
  lora_alpha: z.number().positive(),
  target_modules: selection,
  exclude_modules: selection.nullish(),
  use_rslora: z.boolean().nullish(),
  layers_to_transform: z.union([z.int(), z.array(z.int())]).nullish(),
  layers_pattern: list.nullish(),
  rank_pattern: z.record(z.string(), count).nullish(),
  alpha_pattern: z.record(z.string(), z.number().positive()).nullish(),
  modules_to_save: z.array(z.string()).nullish(),
  lora_dropout: z.number().min(0).max(1).nullish(),
  bias: z.literal('none', 'only "none" is implemented').nullish(),
  init_lora_weights: z
    .union(
      [z.boolean(), z.literal('gaussian')],
      'only true, false and "gaussian" are supported: other initializations (PiSSA, OLoRA, LoftQ, …) change the base as well',
    )
    .nullish(),
  base_model_name_or_path: z.string().nullish(),
});

/** Fields without an effect on the arithmetic. */
const PASSED_OVER = new Set([
  'task_type',
  'auto_mapping',
  'peft_version',
  'revision',
  'inference_mode',
  'megatron_core',
  'qalora_group_size',
  'runtime_config',
  'ensure_weight_tying',
]);

/** Rejects unknown fields unless they are empty or texts; others could change the arithmetic. */
function unknownField(json: Readonly<Record<string, unknown>>): string | undefined {
  return Object.entries(json).find(([name, value]) => {
    if (name in schema.shape || PASSED_OVER.has(name) || typeof value === 'string') return false;
    const isEmpty = typeof value === 'object' && Object.keys(value ?? {}).length === 0;
    return value !== false && !isEmpty;
  })?.[0];
}

/**
 * Reads the content of an `adapter_config.json`.
 *
 * @param file name of the file in errors.
 * @throws LociError `adapter-config` naming the file and the field.
 */
export function parseAdapterConfig(json: unknown, file = ADAPTER_CONFIG_FILE): AdapterConfig {
  const refuse = (problem: string) =>
    new LociError('adapter-config', `${file}: ${problem}`, { details: { file } });
  const result = schema.safeParse(json);
  if (!result.success) {
    const issues = result.error.issues.map(
      ({ path, message }) => `"${path.join('.') || 'the file'}": ${message}`,
    );
    throw refuse(`this LoRA adapter is not supported. ${issues.join('; ')}`);
  }
  const unknown = unknownField(json as Readonly<Record<string, unknown>>);
  if (unknown !== undefined) {
    // Ignoring it would give another model than PEFT builds from the same folder.
    throw refuse(`"${unknown}" is set, but not supported`);
  }
  const found = result.data;
  const layers = found.layers_to_transform ?? undefined;
  if (typeof found.target_modules === 'string' && layers !== undefined) {
    throw refuse('"layers_to_transform" goes with a list in "target_modules", not with a string');
  }
  return {
    rank: found.r,
    alpha: found.lora_alpha,
    rankStabilised: found.use_rslora ?? false,
    targets: found.target_modules,
    exclude: found.exclude_modules ?? undefined,
    layers: layers === undefined ? undefined : [layers].flat(),
    layerLists: found.layers_pattern ?? undefined,
    rankPattern: found.rank_pattern ?? {},
    alphaPattern: found.alpha_pattern ?? {},
    modulesToSave: found.modules_to_save ?? [],
    dropout: found.lora_dropout ?? 0,
    base: found.base_model_name_or_path ?? undefined,
  };
}

/** Reads `adapter_config.json` of an adapter folder. @throws LociError `adapter-config`. */
export async function readAdapterConfig(folder: string): Promise<AdapterConfig> {
  const file = join(folder, ADAPTER_CONFIG_FILE);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new LociError('adapter-config', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  return parseAdapterConfig(json, file);
}
