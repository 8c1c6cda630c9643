/** Lists the parameters of a Qwen3-VL model under the names of published checkpoints, which are the module paths of transformers. */
import { linearLayersOf, spelledNames } from '../parts/parameter-names.ts';
import type { ModelParameters, ParameterSpec } from '../spec/weights.ts';
import type { Qwen3VlConfig } from './config.ts';

/** Beginning of the tower's names. */
export const TOWER = 'model.visual';

/** Beginning of the decoder's names. */
export const DECODER = 'model.language_model';

/** Name of the embedding table. */
export const EMBEDDING = `${DECODER}.embed_tokens.weight`;

const HEAD = 'lm_head.weight';

/** Name of the tower's table of learned positions. */
export const POSITIONS = `${TOWER}.pos_embed.weight`;

function weightAndBias(name: string, shape: readonly number[]): readonly ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape },
    { name: `${name}.bias`, shape: [shape[0]!] },
  ];
}

/** A merger: norm, then two layers over the patches of a merged token. @param normed width of its norm. */
function mergerParameters(
  name: string,
  normed: number,
  merged: number,
  out: number,
): readonly ParameterSpec[] {
  return [
    ...weightAndBias(`${name}.norm`, [normed]),
    ...weightAndBias(`${name}.linear_fc1`, [merged, merged]),
    ...weightAndBias(`${name}.linear_fc2`, [out, merged]),
  ];
}

function visionParameters({ vision }: Qwen3VlConfig): readonly ParameterSpec[] {
  const { hiddenSize: width, intermediateSize: inner, outHiddenSize: out } = vision;
  const { inChannels, temporalPatchSize, patchSize } = vision;
  const merged = width * vision.spatialMergeSize ** 2;
  const blocks = Array.from({ length: vision.depth }, (_, block) => {
    const prefix = `${TOWER}.blocks.${block}`;
    return [
      ...weightAndBias(`${prefix}.norm1`, [width]),
      ...weightAndBias(`${prefix}.attn.qkv`, [3 * width, width]),
      ...weightAndBias(`${prefix}.attn.proj`, [width, width]),
      ...weightAndBias(`${prefix}.norm2`, [width]),
      ...weightAndBias(`${prefix}.mlp.linear_fc1`, [inner, width]),
      ...weightAndBias(`${prefix}.mlp.linear_fc2`, [width, inner]),
    ];
  });
  return [
    ...weightAndBias(`${TOWER}.patch_embed.proj`, [
      width,
      inChannels,
      temporalPatchSize,
      patchSize,
      patchSize,
    ]),
    { name: POSITIONS, shape: [vision.positionSide ** 2, width] },
    ...blocks.flat(),
    ...mergerParameters(`${TOWER}.merger`, width, merged, out),
    ...vision.deepstackBlocks.flatMap((_, level) =>
      mergerParameters(`${TOWER}.deepstack_merger_list.${level}`, merged, merged, out),
    ),
  ];
}

function textParameters({ text }: Qwen3VlConfig): readonly ParameterSpec[] {
  const { hiddenSize: width, intermediateSize: inner, headDim, vocabularySize } = text;
  const [queries, keys] = [text.heads * headDim, text.kvHeads * headDim];
  const projection = (name: string, shape: readonly number[]): readonly ParameterSpec[] =>
    text.attentionBias ? weightAndBias(name, shape) : [{ name: `${name}.weight`, shape }];
  const layers = Array.from({ length: text.layers }, (_, layer) => {
    const prefix = `${DECODER}.layers.${layer}`;
    return [
      { name: `${prefix}.input_layernorm.weight`, shape: [width] },
      ...projection(`${prefix}.self_attn.q_proj`, [queries, width]),
      ...projection(`${prefix}.self_attn.k_proj`, [keys, width]),
      ...projection(`${prefix}.self_attn.v_proj`, [keys, width]),
      ...projection(`${prefix}.self_attn.o_proj`, [width, queries]),
      { name: `${prefix}.self_attn.q_norm.weight`, shape: [headDim] },
      { name: `${prefix}.self_attn.k_norm.weight`, shape: [headDim] },
      { name: `${prefix}.post_attention_layernorm.weight`, shape: [width] },
      { name: `${prefix}.mlp.gate_proj.weight`, shape: [inner, width] },
      { name: `${prefix}.mlp.up_proj.weight`, shape: [inner, width] },
      { name: `${prefix}.mlp.down_proj.weight`, shape: [width, inner] },
    ];
  });
  return [
    { name: EMBEDDING, shape: [vocabularySize, width] },
    ...layers.flat(),
    { name: `${DECODER}.norm.weight`, shape: [width] },
  ];
}

/** Beginnings of module paths in vLLM, and in a base model saved without its head. */
const SPELLINGS = [
  ['language_model.model.', `${DECODER}.`],
  ['language_model.lm_head.', 'lm_head.'],
  ['language_model.', `${DECODER}.`],
  ['visual.', `${TOWER}.`],
] as const;

/** The parameters of a config, with their names. */
export function qwen3Parameters(config: Qwen3VlConfig): ModelParameters {
  const { hiddenSize, vocabularySize, tieWordEmbeddings } = config.text;
  const head = { name: HEAD, shape: [vocabularySize, hiddenSize] };
  const all = [
    ...visionParameters(config),
    ...textParameters(config),
    ...(tieWordEmbeddings ? [] : [head]),
  ];
  const { publishedName } = spelledNames(SPELLINGS);
  return {
    all,
    linearLayers: linearLayersOf(all, [EMBEDDING, POSITIONS]),
    tables: [EMBEDDING, POSITIONS],
    embedding: EMBEDDING,
    head: HEAD,
    isHeadTied: tieWordEmbeddings,
    exampleModule: 'visual.merger',
    isVision: (name) => name.startsWith(`${TOWER}.`),
    visionPattern: '(.*\\.)?visual\\..*',
    publishedName,
    modulePath: (published) => published,
    modulePaths: (published) => [published],
    nameInTower: (published) => published.replace(/^model\.(language_model|visual)\./, ''),
  };
}
