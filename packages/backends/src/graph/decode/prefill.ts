/** Reads prompts once and keeps their last logits, keys and values for generation. */
import type { BatchLayout } from '../../models/spec/batches.ts';
import type { TunedModel } from '../../models/spec/model.ts';
import type { Generation } from '../../engine/generation.ts';
import { cacheNames } from './caches.ts';
import { expand, reshape, transpose } from '../rules/shape.ts';
import type { Value } from '../ir/value.ts';
import type { LoweringName } from '../lower/kernels.ts';
import { FORWARD_SHARE, tensorFeeds } from '../engine/graph-run.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import type { Fetch, ReturnedTensor } from '../engine/runtime-messages.ts';
import { assembleModel } from '../engine/model-graphs.ts';
import type { ModelGraph } from '../engine/model-graphs.ts';

/**
 * Reads prompts. Outputs: `logits [groups · completions, vocabulary]`, those of each prompt's last token once for each of its
 * completions, and the keys and values of all tokens, `promptKey.<layer>` and `promptValue.<layer>`
 * `[groups · kvHeads, promptLength, headDim]`.
 *
 * @param layout of prompts alone (`completions` 0).
 */
export function prefillGraph(
  tuned: TunedModel,
  layout: BatchLayout,
  completions: number,
  lowering: LoweringName,
): ModelGraph {
  const { graph, ops, weights, declare, used } = assembleModel(tuned, lowering);
  const { decoder, graphs } = tuned.model;
  const { groups, promptLength } = layout;
  const { kvHeads, headDim, vocabularySize } = decoder;
  const laid = (rows: Value) => {
    const apart = reshape(graph, rows, [groups, promptLength, kvHeads, headDim]);
    const heads = transpose(graph, apart, [0, 2, 1, 3]);
    return reshape(graph, heads, [groups * kvHeads, promptLength, headDim]);
  };
  const { logits, layers } = graphs.prefill(ops, weights, layout, declare);
  const apart = reshape(graph, logits, [groups, 1, vocabularySize]);
  const repeated = expand(graph, apart, [groups, completions, vocabularySize]);
  graph.output(reshape(graph, repeated, [groups * completions, vocabularySize]), 'logits');
  const cached = layers.flatMap(({ key, value }) => [key, value]);
  const kept = cacheNames('prompt', decoder.layers);
  kept.forEach((name, index) => {
    graph.output(laid(cached[index]!), name);
  });
  return { model: graph, parameters: [...used.keys()], gradients: [], kept };
}

/** Reads the prompts of a generation; the caller gives the fetches of the outputs of `prefillGraph`. */
export function prefill(
  engine: GraphEngine,
  { prompts, layout, completions }: Generation,
  fetches: Readonly<Record<string, Fetch>>,
): Promise<Readonly<Record<string, ReturnedTensor>>> {
  const { model, settings } = engine;
  const groups = prompts.map((prompt) => ({ prompt, completions: [] }));
  return engine.run({
    key: JSON.stringify(['prefill', layout, completions]),
    make: () => prefillGraph(engine, layout, completions, settings.lowering),
    bytes: FORWARD_SHARE * model.batches.bytes(layout),
    feeds: tensorFeeds(model.batches.tensors(layout, groups, settings.positionRule)),
    fetches,
  });
}
