/** Computes causal attention of completions over shared prompts on token rows: arranges them in the axes of attention, and back. */
import { MASKED } from '../../ops/host-tensor.ts';
import type { CompletionBand, SharedPromptAttention } from '../../ops/tensor-ops.ts';
import type { GraphBuilder } from '../ir/builder.ts';
import { sizeOf } from '../ir/value.ts';
import type { Value } from '../ir/value.ts';
import { add } from '../rules/arithmetic.ts';
import { gemm } from '../rules/matrix.ts';
import { concat, expand, reshape, split, transpose } from '../rules/shape.ts';
import { attend, queryBlocks } from './attention.ts';
import type { QueryBlock } from './attention.ts';
import type { Kernels } from './kernels.ts';

/** Masks of shared-prompt attention, made once and used by every layer. */
export interface SharedPromptBlocks {
  readonly prompt: readonly QueryBlock[];
  /** Those of each band of completions. */
  readonly bands: readonly (readonly QueryBlock[])[];
}

/** A causal mask `[rows, keys]`: query `i` attends to the first `start + i + 1` keys. */
function causalMask(graph: GraphBuilder, rows: number, start: number, keys: number): Value {
  const mask = new Float32Array(rows * keys);
  for (let row = 0; row < rows; row++) {
    mask.fill(MASKED, row * keys + Math.min(start + row + 1, keys), (row + 1) * keys);
  }
  return graph.constant(mask, [rows, keys]);
}

/** The most blocks that each read exactly the keys that they need. */
const FEW_BLOCKS = 8;
/** Different numbers of keys that more blocks may have. */
const KEY_LENGTHS = 4;

/**
 * Causal blocks with the keys that each reads: up to its own last, and a few more where there are many blocks. ONNX Runtime keeps a buffer
 * for every shape, so a shape for each block would use up the memory that blocks save.
 */
function causalBlocks(length: number, width: number) {
  const blocks = queryBlocks(length, width);
  const rows = blocks[0]!.end;
  const few = blocks.length <= FEW_BLOCKS;
  const step = few ? rows : rows * Math.ceil(blocks.length / KEY_LENGTHS);
  return blocks.map(({ start, end }) => ({
    start,
    end,
    keys: Math.min(length, Math.ceil(end / step) * step),
  }));
}

/** The prompts that the completions of a band read: each group's own, or one for each completion where the band names its owners. */
interface BandLeads {
  readonly leads: number;
  /** Completions that share each. */
  readonly sharing: number;
  /** From `[groups, …]` to `[leads, …]`. */
  readonly pick: (ofGroups: Value) => Value;
}

function leadsOf(
  graph: GraphBuilder,
  groups: number,
  { completions, owners }: CompletionBand<Value>,
): BandLeads {
  if (!owners) return { leads: groups, sharing: completions / groups, pick: (x) => x };
  const pick = (x: Value) => {
    const rest = x.shape.slice(1);
    const rows = reshape(graph, x, [groups, sizeOf(rest)]);
    return reshape(graph, gemm(graph, owners, rows), [completions, ...rest]);
  };
  return { leads: completions, sharing: 1, pick };
}

/** The blocks and masks of a layout. */
export function sharedPromptBlocks(
  graph: GraphBuilder,
  layout: SharedPromptAttention<Value>,
): SharedPromptBlocks {
  const { groups, heads, promptLength, bands, promptMask } = layout;
  const prompt = causalBlocks(promptLength, groups * heads * promptLength).map((block) => {
    const { start, end, keys } = block;
    return { ...block, mask: causalMask(graph, end - start, start, keys) };
  });
  const ofBand = (band: CompletionBand<Value>) => {
    const { completions, length } = band;
    const { leads, pick } = leadsOf(graph, groups, band);
    const ofPrompts = reshape(graph, pick(promptMask), [leads, 1, 1, 1, 1, promptLength]);
    const width = completions * heads * (promptLength + length);
    return causalBlocks(length, width).map(({ start, end, keys: own }) => {
      const keys = promptLength + own;
      const later = causalMask(graph, end - start, promptLength + start, keys);
      const padding = concat(graph, [ofPrompts, graph.zeros([leads, 1, 1, 1, 1, own])], 5);
      return { start, end, keys, mask: add(graph, padding, later) };
    });
  };
  return { prompt, bands: bands.map(ofBand) };
}

/** Causal attention of completions over shared prompts; see `TensorOps.attendSharedPrompt`. */
export function attendSharedPrompt(
  graph: GraphBuilder,
  { product }: Kernels,
  operands: readonly [Value, Value, Value],
  layout: SharedPromptAttention<Value>,
  blocks: SharedPromptBlocks,
  recompute: boolean,
): Value {
  const { groups, promptLength, bands } = layout;
  const { heads, keyValueHeads, headSize } = layout;
  const perKey = heads / keyValueHeads;
  const rows = [groups * promptLength, ...bands.map((band) => band.completions * band.length)];
  const parts = operands.map((x) => (bands.length === 0 ? [x] : split(graph, x, 0, rows)));
  const [queries, keys, values] = parts as [Value[], Value[], Value[]];

  const promptHeads = (x: Value) =>
    transpose(
      graph,
      reshape(graph, x, [groups, promptLength, keyValueHeads, headSize]),
      [0, 2, 1, 3],
    );
  const [promptKeys, promptValues] = [promptHeads(keys[0]!), promptHeads(values[0]!)];
  const promptQueries = transpose(
    graph,
    reshape(graph, queries[0]!, [groups, promptLength, keyValueHeads, perKey, headSize]),
    [0, 2, 3, 1, 4],
  );
  const ofPrompts = transpose(
    graph,
    attend(graph, product, {
      query: promptQueries,
      key: promptKeys,
      value: promptValues,
      blocks: blocks.prompt,
      recompute,
    }),
    [0, 3, 1, 2, 4],
  );
  const ofBand = (band: CompletionBand<Value>, index: number) => {
    const { length } = band;
    const { leads, sharing, pick } = leadsOf(graph, groups, band);
    const afterPrompt = (prompt: Value, own: Value) => {
      const shape = [leads, keyValueHeads, sharing, promptLength, headSize];
      const lead = reshape(graph, pick(prompt), [leads, keyValueHeads, 1, promptLength, headSize]);
      const tail = transpose(
        graph,
        reshape(graph, own, [leads, sharing, length, keyValueHeads, headSize]),
        [0, 3, 1, 2, 4],
      );
      return concat(graph, [expand(graph, lead, shape), tail], 3);
    };
    const [query, key, value] = [queries, keys, values].map((part) => part[index + 1]!);
    const shape = [leads, sharing, length, keyValueHeads, perKey, headSize];
    const attended = attend(graph, product, {
      query: transpose(graph, reshape(graph, query!, shape), [0, 3, 1, 4, 2, 5]),
      key: afterPrompt(promptKeys, key!),
      value: afterPrompt(promptValues, value!),
      blocks: blocks.bands[index]!,
      recompute,
    });
    return transpose(graph, attended, [0, 2, 4, 1, 3, 5]);
  };
  const laid = [ofPrompts, ...bands.map(ofBand)].map((part, index) =>
    reshape(graph, part, [rows[index]!, heads * headSize]),
  );
  return laid.length === 1 ? laid[0]! : concat(graph, laid, 0);
}
