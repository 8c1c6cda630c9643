/** Lists the parameters of a Qwen2.5-VL model under the names of published checkpoints. */
import { linearLayersOf, spelledNames } from '../parts/parameter-names.ts';
import type { ModelParameters, ParameterSpec } from '../spec/weights.ts';
import type { Qwen25VlConfig } from './config.ts';

/** Names of the embedding table and of the head. */
export const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

function visionParameters({ vision }: Qwen25VlConfig): ParameterSpec[] {
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

function textParameters({ text }: Qwen25VlConfig): ParameterSpec[] {
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

/** The parameters of a checkpoint, vision tower first. A tied head has no parameter of its own. */
function allParameters(config: Qwen25VlConfig): readonly ParameterSpec[] {
  const { hiddenSize, vocabularySize, tieWordEmbeddings } = config.text;
  const head = { name: HEAD, shape: [vocabularySize, hiddenSize] };
  return [
    ...visionParameters(config),
    ...textParameters(config),
    ...(tieWordEmbeddings ? [] : [head]),
  ];
}

/**
 * Beginnings of module paths. transformers names modules `model.language_model.layers…` and `model.visual…` since 4.52; before it
 * was `model.layers…` and `visual…`, as checkpoints are still written. vLLM uses `language_model.model.layers…`.
 */
const SPELLINGS = [
  ['model.language_model.', 'model.'],
  ['model.visual.', 'visual.'],
  ['language_model.model.', 'model.'],
] as const;

/** The parameters of a config, with their names. */
export function qwen25Parameters(config: Qwen25VlConfig): ModelParameters {
  const all = allParameters(config);
  return {
    all,
    linearLayers: linearLayersOf(all, [EMBEDDING]),
    tables: [EMBEDDING],
    embedding: EMBEDDING,
    head: HEAD,
    isHeadTied: config.text.tieWordEmbeddings,
    exampleModule: 'visual.merger',
    isVision: (name) => name.startsWith('visual.'),
    visionPattern: '(.*\\.)?visual\\..*',
    ...spelledNames(SPELLINGS),
    nameInTower: (published) => published.replace(/^(model|visual)\./, ''),
  };
}
