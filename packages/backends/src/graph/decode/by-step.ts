/**
 * Runs one generation token by token, for providers whose device keeps the store: the state that an ONNX `Loop` would carry stays there
 * between runs, and only logits come back. (On WebGPU the `Loop` of `chunk-graph.ts` ends the process.)
 */
import type { TunedModel } from '../../models/spec/model.ts';
import { generationMask } from '../../engine/generation.ts';
import type { GeneratedChunk, Generation } from '../../engine/generation.ts';
import { generateStepwise } from '../../engine/stepwise-generation.ts';
import type { StepTables } from '../../engine/stepwise-generation.ts';
import { append, attendParts, byHead, declareCaches } from './attention.ts';
import type { DecodeRows, FixedKeyValues, KeyValues } from './attention.ts';
import { cacheNames, DecodeCaches, grownName } from './caches.ts';
import { allRows } from './live-rows.ts';
import { prefill } from './prefill.ts';
import type { Value } from '../ir/value.ts';
import { kernelsOf } from '../lower/kernels-of.ts';
import type { LoweringName } from '../lower/kernels.ts';
import { tensorFeeds } from '../engine/graph-run.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import { assembleModel } from '../engine/model-graphs.ts';
import type { ModelGraph } from '../engine/model-graphs.ts';

/** The properties that the graph of a step depends on. */
interface StepLayout extends DecodeRows {
  /** Whether there are earlier tokens: keys of length 0 cannot be inputs. */
  readonly hasPast: boolean;
}

/**
 * The graph that runs the model on one token of each row. Inputs beside the parameters: `tokens [rows]` int32, `cos`, `sin`
 * `[rows, headDim / 2]`, `promptMask`, and the caches of prompt and past. Outputs: `logits [rows, vocabulary]`, and the past
 * grown by the token as `grownKey.<layer>`, `grownValue.<layer>`.
 */
function stepGraph(tuned: TunedModel, layout: StepLayout, lowering: LoweringName): ModelGraph {
  const { decoder, graphs } = tuned.model;
  const rows = layout.groups * layout.completions;
  const { graph, ops, weights, used } = assembleModel(tuned, lowering);
  const kernels = kernelsOf(lowering);
  const caches = declareCaches(graph, layout, decoder, layout.hasPast);
  const table = (name: string) => graph.input(name, [rows, decoder.headDim / 2]);
  const tokens = graph.input('tokens', [rows], 'int32');
  const grown: Value[] = [];
  const logits = graphs.step(
    ops,
    weights,
    tokens,
    { cos: table('cos'), sin: table('sin') },
    (query, key, value, layer) => {
      const cache = caches[layer]!;
      const own = {
        key: byHead(graph, key, layout, decoder),
        value: byHead(graph, value, layout, decoder),
      };
      const after = ({ past }: FixedKeyValues, which: keyof KeyValues) =>
        past ? append(graph, past[which], own[which]) : own[which];
      grown.push(after(cache, 'key'), after(cache, 'value'));
      return attendParts(graph, kernels, query, cache, own, layout, decoder);
    },
  );
  const kept = cacheNames('past', decoder.layers).map(grownName);
  kept.forEach((name, index) => graph.output(grown[index]!, name));
  graph.output(logits, 'logits');
  return { model: graph, parameters: [...used.keys()], gradients: [], kept };
}

/** Yields chunks until every row has ended or reached its limit. Leaving the loop drops its stored tensors. */
export async function* generateByStep(
  engine: GraphEngine,
  generation: Generation,
): AsyncGenerator<GeneratedChunk> {
  const { runtime, model, settings } = engine;
  const { prompts, layout, completions } = generation;
  const half = model.decoder.headDim / 2;
  const caches = new DecodeCaches(generation, model.decoder);
  const fixed = { ...tensorFeeds({ promptMask: generationMask(generation) }), ...caches.prompt };
  const all = allRows(prompts.length, completions);
  let made = 0;

  async function read(): Promise<Float32Array> {
    const fetches = { ...caches.keepPrompt, logits: 'return' } as const;
    const { logits } = await prefill(engine, generation, fetches);
    return logits!.data as Float32Array;
  }

  async function step(tokenIds: Int32Array, { cos, sin }: StepTables): Promise<Float32Array> {
    const own = {
      groups: prompts.length,
      completions,
      promptLength: layout.promptLength,
      hasPast: made > 0,
    };
    const rows = tokenIds.length;
    const { logits } = await engine.run({
      key: JSON.stringify(['step', own]),
      make: () => stepGraph(engine, own, settings.lowering),
      feeds: {
        ...fixed,
        ...(own.hasPast ? caches.past(made, all) : {}),
        ...tensorFeeds({
          tokens: { shape: [rows], data: tokenIds },
          cos: { shape: [rows, half], data: cos },
          sin: { shape: [rows, half], data: sin },
        }),
      },
      fetches: { ...caches.keepPast, logits: 'return' },
    });
    made++;
    return logits!.data as Float32Array;
  }

  try {
    yield* generateStepwise(model, settings.positionRule, generation, { prefill: read, step });
  } finally {
    for (const name of caches.all) await runtime.delete(name);
  }
}
