/** Reads prompts once and keeps what generation needs of them. */
import type { BatchLayout } from '../../models/qwen2-5-vl/batch-layout.ts';
import { batchTensors, declareBatch } from '../../models/qwen2-5-vl/batch-layout.ts';
import type { ModelConfig } from '../../models/qwen2-5-vl/config.ts';
import { readPrompts } from '../../models/qwen2-5-vl/forward.ts';
import { everyParameter } from '../../models/qwen2-5-vl/parameters.ts';
import type { Generation } from '../../engine/generation.ts';
import { estimateBytes } from '../../engine/micro-batches.ts';
import { cacheNames } from './caches.ts';
import { expand, reshape, transpose } from '../rules/shape.ts';
import type { Value } from '../ir/value.ts';
import type { LoweringName } from '../lower/kernels.ts';
import { FORWARD_SHARE, tensorFeeds } from '../engine/graph-engine.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import type { Fetch, ReturnedTensor } from '../engine/runtime-messages.ts';
import { assemble } from '../engine/model-graphs.ts';
import type { ModelGraph } from '../engine/model-graphs.ts';

/**
 * Reads prompts. Outputs: `logits [groups · completions, vocabulary]`, those of each prompt's last token once for each of its
 * completions, and the keys and values of all tokens, `promptKey.<layer>` and `promptValue.<layer>`
 * `[groups · kvHeads, promptLength, headDim]`.
 *
 * @param layout of prompts alone (`completions` 0).
 */
export function prefillGraph(
  config: ModelConfig,
  layout: BatchLayout,
  completions: number,
  lowering: LoweringName,
): ModelGraph {
  const { graph, ops, parameters, used } = assemble(everyParameter(config), lowering);
  const inputs = declareBatch(layout, config, (name, shape, type) =>
    graph.input(name, shape, type),
  );
  const { groups, promptLength } = layout;
  const { kvHeads, headDim, vocabularySize } = config.text;
  const laid = (rows: Value) => {
    const apart = reshape(graph, rows, [groups, promptLength, kvHeads, headDim]);
    const heads = transpose(graph, apart, [0, 2, 1, 3]);
    return reshape(graph, heads, [groups * kvHeads, promptLength, headDim]);
  };
  const { logits, layers } = readPrompts(ops, config, parameters, inputs, layout);
  const apart = reshape(graph, logits, [groups, 1, vocabularySize]);
  const repeated = expand(graph, apart, [groups, completions, vocabularySize]);
  graph.output(reshape(graph, repeated, [groups * completions, vocabularySize]), 'logits');
  const cached = layers.flatMap(({ key, value }) => [key, value]);
  const kept = cacheNames('prompt', config.text.layers);
  kept.forEach((name, index) => {
    graph.output(laid(cached[index]!), name);
  });
  return { model: graph, parameters: [...used.keys()], gradients: [], kept };
}

/** Reads the prompts of a generation; what becomes of the outputs of `prefillGraph` is the caller's to say. */
export function prefill(
  engine: GraphEngine,
  { prompts, layout, completions }: Generation,
  fetches: Readonly<Record<string, Fetch>>,
): Promise<Readonly<Record<string, ReturnedTensor>>> {
  const { config, settings } = engine;
  const groups = prompts.map((prompt) => ({ prompt, completions: [] }));
  return engine.run({
    key: JSON.stringify(['prefill', layout, completions]),
    make: () => prefillGraph(config, layout, completions, settings.lowering),
    bytes: FORWARD_SHARE * estimateBytes(layout, config),
    feeds: tensorFeeds(batchTensors(layout, groups, config, settings.positionRule)),
    fetches,
  });
}
