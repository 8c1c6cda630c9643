/** The parameters of a Qwen2.5-VL model under the names of published checkpoints, and which of them are trained. */
import type { ModelConfig } from './config.ts';
import { factorNames } from '../../ops/tuning.ts';

/** Name and shape of a parameter. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Looks a parameter up by its published name. */
export type Parameters<T> = (name: string) => T;

function visionParameters({ vision }: ModelConfig): ParameterSpec[] {
  const { hiddenSize: width, intermediateSize: inner } = vision;
  const { inChannels, temporalPatchSize, patchSize, outHiddenSize } = vision;
  const merged = width * vision.spatialMergeSize ** 2;
  const blocks = Array.from({ length: vision.depth }, (_, block) => {
    const prefix = `visual.blocks.${block}`;
    return [
      { name: `${prefix}.norm1.weight`, shape: [width] },
      { name: `${prefix}.attn.qkv.weight`, shape: [3 * width, width] },
      { name: `${prefix}.attn.qkv.bias`, shape: [3 * width] },
      { name: `${prefix}.attn.proj.weight`, shape: [width, width] },
      { name: `${prefix}.attn.proj.bias`, shape: [width] },
      { name: `${prefix}.norm2.weight`, shape: [width] },
      { name: `${prefix}.mlp.gate_proj.weight`, shape: [inner, width] },
      { name: `${prefix}.mlp.gate_proj.bias`, shape: [inner] },
      { name: `${prefix}.mlp.up_proj.weight`, shape: [inner, width] },
      { name: `${prefix}.mlp.up_proj.bias`, shape: [inner] },
      { name: `${prefix}.mlp.down_proj.weight`, shape: [width, inner] },
      { name: `${prefix}.mlp.down_proj.bias`, shape: [width] },
    ];
  });
  return [
    {
      name: 'visual.patch_embed.proj.weight',
      shape: [width, inChannels, temporalPatchSize, patchSize, patchSize],
    },
    ...blocks.flat(),
    { name: 'visual.merger.ln_q.weight', shape: [width] },
    { name: 'visual.merger.mlp.0.weight', shape: [merged, merged] },
    { name: 'visual.merger.mlp.0.bias', shape: [merged] },
    { name: 'visual.merger.mlp.2.weight', shape: [outHiddenSize, merged] },
    { name: 'visual.merger.mlp.2.bias', shape: [outHiddenSize] },
  ];
}

function textParameters({ text }: ModelConfig): ParameterSpec[] {
  const { hiddenSize: width, intermediateSize: inner, headDim, vocabularySize } = text;
  const queries = text.heads * headDim;
  const keys = text.kvHeads * headDim;
  const layers = Array.from({ length: text.layers }, (_, layer) => {
    const prefix = `model.layers.${layer}`;
    return [
      { name: `${prefix}.input_layernorm.weight`, shape: [width] },
      { name: `${prefix}.self_attn.q_proj.weight`, shape: [queries, width] },
      { name: `${prefix}.self_attn.q_proj.bias`, shape: [queries] },
      { name: `${prefix}.self_attn.k_proj.weight`, shape: [keys, width] },
      { name: `${prefix}.self_attn.k_proj.bias`, shape: [keys] },
      { name: `${prefix}.self_attn.v_proj.weight`, shape: [keys, width] },
      { name: `${prefix}.self_attn.v_proj.bias`, shape: [keys] },
      { name: `${prefix}.self_attn.o_proj.weight`, shape: [width, queries] },
      { name: `${prefix}.post_attention_layernorm.weight`, shape: [width] },
      { name: `${prefix}.mlp.gate_proj.weight`, shape: [inner, width] },
      { name: `${prefix}.mlp.up_proj.weight`, shape: [inner, width] },
      { name: `${prefix}.mlp.down_proj.weight`, shape: [width, inner] },
    ];
  });
  return [
    { name: 'model.embed_tokens.weight', shape: [vocabularySize, width] },
    ...layers.flat(),
    { name: 'model.norm.weight', shape: [width] },
  ];
}

/** The parameters of a checkpoint, vision tower first. A tied head has none of its own. */
export function modelParameters(config: ModelConfig): readonly ParameterSpec[] {
  const { hiddenSize, vocabularySize, tieWordEmbeddings } = config.text;
  const head = { name: 'lm_head.weight', shape: [vocabularySize, hiddenSize] };
  return [
    ...visionParameters(config),
    ...textParameters(config),
    ...(tieWordEmbeddings ? [] : [head]),
  ];
}

/** A linear layer under its published name, without `.weight`. */
export interface LinearLayerSpec {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** The linear layers of a model, vision tower first; the head only where it is not tied. */
export function linearLayers(config: ModelConfig): readonly LinearLayerSpec[] {
  return modelParameters(config).flatMap(({ name, shape: [outputs, inputs, ...rest] }) =>
    inputs === undefined || rest.length > 0 || name === 'model.embed_tokens.weight'
      ? []
      : [{ name: name.slice(0, -'.weight'.length), inputs, outputs: outputs! }],
  );
}

/** The low-rank factors of a model, layer by layer. */
export function factorParameters(config: ModelConfig): readonly ParameterSpec[] {
  return linearLayers(config).flatMap(({ name, inputs, outputs }) => {
    const lowRank = config.tuning?.lowRank[name];
    if (!lowRank) return [];
    const { a, b } = factorNames(name);
    return [
      { name: a, shape: [lowRank.rank, inputs] },
      { name: b, shape: [outputs, lowRank.rank] },
    ];
  });
}

/** All that the model computes with: the parameters of its checkpoint and the factors beside them. */
export function everyParameter(config: ModelConfig): readonly ParameterSpec[] {
  return [...modelParameters(config), ...factorParameters(config)];
}

/** The parameters that are trained, and those that are not. */
export function splitParameters(config: ModelConfig): {
  readonly trained: readonly ParameterSpec[];
  readonly frozen: readonly ParameterSpec[];
} {
  const published = modelParameters(config);
  if (!config.tuning) return { trained: published, frozen: [] };
  const chosen = new Set(config.tuning.parameters);
  return {
    trained: [...published.filter(({ name }) => chosen.has(name)), ...factorParameters(config)],
    frozen: published.filter(({ name }) => !chosen.has(name)),
  };
}

/** Whether anything in the vision tower is trained. */
export function isVisionTrained(config: ModelConfig): boolean {
  return splitParameters(config).trained.some(({ name }) => name.startsWith('visual.'));
}
