/**
 * Translates the `config.json` of a Qwen2.5-VL model into Loci's names, and back. Reads two spellings: the flat one of the published
 * checkpoints and the nested one of transformers 5 (`text_config`, `rope_parameters`). Writes the flat one.
 */
import { checkConfigRules, configError, parseConfigJson } from '../parts/config-json.ts';
import type { ConfigRule } from '../parts/config-json.ts';
import {
  readDecoder,
  readTokens,
  readTower,
  sharedRules,
  writeDecoder,
  writeMediaTokens,
  writeTower,
} from '../parts/published-config.ts';
import type { DecoderConfig, TowerConfig } from '../parts/published-config.ts';
import type { SpecialTokenIds } from '../../text/special-tokens.ts';
import { rootSchema, textSchema } from './config-schema.ts';

/** The vision tower. */
export interface VisionConfig extends TowerConfig {
  /** Pixels along a side of an attention window, which takes as many whole merged tokens as fit. */
  readonly windowSize: number;
  /** Blocks that attend over the whole frame rather than within windows; numbers past `depth` have no effect. */
  readonly fullAttentionBlocks: readonly number[];
  /** Temporal positions that one second spans. */
  readonly tokensPerSecond: number;
}

/** A Qwen2.5-VL model's shape. */
export interface Qwen25VlConfig {
  readonly text: DecoderConfig;
  readonly vision: VisionConfig;
  readonly tokens: SpecialTokenIds;
}

/** The defaults of transformers for keys that a config leaves out, in either of two places. */
const PUBLISHED = { ropeTheta: 1e6, inChannels: 3 } as const;

/** Checks relations between fields that would otherwise surface as a wrong shape deep inside an engine. */
function checkShape({ text, vision }: Qwen25VlConfig, file: string): void {
  const rules: readonly ConfigRule[] = [
    ...sharedRules(text, vision, 'hidden_size'),
    [
      2 * text.mropeSection.reduce((sum, size) => sum + size, 0) === text.headDim,
      `mrope_section [${text.mropeSection.join(', ')}] does not add up to half the head size ${text.headDim}`,
    ],
    [
      vision.windowSize >= vision.patchSize * vision.spatialMergeSize,
      'vision_config.window_size is less than patch_size · spatial_merge_size',
    ],
  ];
  checkConfigRules(rules, file);
}

/**
 * Reads the content of a `config.json`, flat or nested.
 *
 * @param file name of the file in errors.
 * @throws LociError `model-config` naming the file and the key.
 */
export function parseConfig(json: unknown, file = 'config.json'): Qwen25VlConfig {
  const from = { title: 'Qwen2.5-VL', file };
  const root = parseConfigJson(rootSchema, json, from);
  const text = root.text_config ?? parseConfigJson(textSchema, json, from);
  const vision = root.vision_config;
  const rope = text.rope_parameters ?? text.rope_scaling;
  if (!rope) {
    const where = root.text_config ? ' under "text_config"' : '';
    throw configError(file, `neither "rope_scaling" nor "rope_parameters" is given${where}`);
  }
  const config: Qwen25VlConfig = {
    text: {
      ...readDecoder(text, root),
      headDim: text.head_dim ?? text.hidden_size / text.num_attention_heads,
      ropeTheta: rope.rope_theta ?? text.rope_theta ?? PUBLISHED.ropeTheta,
      mropeSection: rope.mrope_section,
    },
    vision: {
      ...readTower(vision),
      inChannels: vision.in_channels ?? vision.in_chans ?? PUBLISHED.inChannels,
      windowSize: vision.window_size,
      fullAttentionBlocks: vision.fullatt_block_indexes,
      tokensPerSecond: vision.tokens_per_second,
    },
    tokens: readTokens(text, root),
  };
  checkShape(config, file);
  return config;
}

/** The published, flat `config.json` of a model. `parseConfig` of it gives the same config back. */
export function configJson({ text, vision, tokens }: Qwen25VlConfig): Record<string, unknown> {
  return {
    architectures: ['Qwen2_5_VLForConditionalGeneration'],
    model_type: 'qwen2_5_vl',
    ...writeDecoder(text, tokens),
    ...writeMediaTokens(tokens),
    torch_dtype: 'float32',
    use_sliding_window: false,
    vision_config: {
      ...writeTower(vision),
      hidden_act: 'silu',
      in_chans: vision.inChannels,
      spatial_patch_size: vision.patchSize,
      window_size: vision.windowSize,
      fullatt_block_indexes: vision.fullAttentionBlocks,
      tokens_per_second: vision.tokensPerSecond,
    },
    rope_scaling: { type: 'mrope', mrope_section: text.mropeSection },
  };
}
