/** Reads prompts once and keeps what generation needs of them. */
import type { BatchLayout } from '../model/batch-layout.ts';
import { batchTensors, declareBatch } from '../model/batch-layout.ts';
import type { ModelConfig } from '../model/config.ts';
import { readPrompts } from '../model/qwen2-5-vl/forward.ts';
import { everyParameter } from '../model/qwen2-5-vl/parameters.ts';
import type { Generation } from '../policy/generation.ts';
import { estimateBytes } from '../policy/micro-batches.ts';
import { cacheNames } from './decode-caches.ts';
import { expand, reshape, transpose } from './graph/rules/shape.ts';
import type { Value } from './graph/value.ts';
import type { LoweringName } from './lower/kernels.ts';
import { FORWARD_SHARE, hostFeeds } from './onnx-engine.ts';
import type { OnnxEngine } from './onnx-engine.ts';
import type { Fetch, ReturnedTensor } from './session-messages.ts';
import { assemble } from './train/model-graphs.ts';
import type { ModelGraph } from './train/model-graphs.ts';

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
  engine: OnnxEngine,
  { prompts, layout, completions }: Generation,
  fetches: Readonly<Record<string, Fetch>>,
): Promise<Readonly<Record<string, ReturnedTensor>>> {
  const { config, settings } = engine;
  const groups = prompts.map((prompt) => ({ prompt, completions: [] }));
  return engine.run({
    key: JSON.stringify(['prefill', layout, completions]),
    make: () => prefillGraph(config, layout, completions, settings.lowering),
    bytes: FORWARD_SHARE * estimateBytes(layout, config),
    feeds: hostFeeds(batchTensors(layout, groups, config, settings.positionRule)),
    fetches,
  });
}
