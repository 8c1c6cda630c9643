/**
 * Generation token by token, for providers whose device keeps the store: what an ONNX `Loop` would carry stays there between
 * runs, and only logits come back. (On WebGPU the `Loop` of `decode-graph.ts` ends the process.)
 */
import type { ModelConfig } from '../model/config.ts';
import { everyParameter } from '../model/qwen2-5-vl/parameters.ts';
import { decoder, embedTokens, languageHead } from '../model/qwen2-5-vl/text.ts';
import { generationMask } from '../policy/generation.ts';
import type { GeneratedChunk, Generation } from '../policy/generation.ts';
import { generateStepwise } from '../policy/stepwise-generation.ts';
import type { StepTables } from '../policy/stepwise-generation.ts';
import { append, attendParts, byHead, UNKNOWN } from './decode-attention.ts';
import type { DecodeRows, KeyValues } from './decode-attention.ts';
import { cacheNames, DecodeCaches, grownName } from './decode-caches.ts';
import { prefill } from './decode-prefill.ts';
import { reshape } from './graph/rules/shape.ts';
import type { Value } from './graph/value.ts';
import { kernelsOf } from './lower/kernels-of.ts';
import type { LoweringName } from './lower/kernels.ts';
import { hostFeeds } from './onnx-engine.ts';
import type { OnnxEngine } from './onnx-engine.ts';
import { assemble } from './train/model-graphs.ts';
import type { ModelGraph } from './train/model-graphs.ts';

/** What the graph of a step depends on. */
interface StepLayout extends DecodeRows {
  /** Whether tokens were made before: keys of length 0 are no inputs. */
  readonly hasPast: boolean;
}

/**
 * Runs the model on a token of each row. Inputs beside the parameters: `tokens [rows]` int32, `cos`, `sin`
 * `[rows, headDim / 2]`, `promptMask`, and the caches of prompt and past. Outputs: `logits [rows, vocabulary]`, and the past
 * grown by the token as `grownKey.<layer>`, `grownValue.<layer>`.
 */
export function stepGraph(
  config: ModelConfig,
  layout: StepLayout,
  lowering: LoweringName,
): ModelGraph {
  const { groups, completions, promptLength, hasPast } = layout;
  const { kvHeads, headDim, layers } = config.text;
  const rows = groups * completions;
  const { graph, ops, parameters, used } = assemble(everyParameter(config), lowering);
  const kernels = kernelsOf(lowering);
  const own = groups * kvHeads * completions;
  const mask = graph.input('promptMask', [groups, promptLength]);
  const promptMask = reshape(graph, mask, [groups, 1, 1, promptLength]);
  const inputs = (place: 'prompt' | 'past', shape: readonly number[]) =>
    cacheNames(place, layers).map((name) => graph.input(name, shape));
  const prompt = inputs('prompt', [groups * kvHeads, promptLength, headDim]);
  const past = hasPast ? inputs('past', [own, UNKNOWN, headDim]) : [];
  const pair = (list: readonly Value[], layer: number): KeyValues => ({
    key: list[2 * layer]!,
    value: list[2 * layer + 1]!,
  });
  let pastEnd = graph.integers([promptLength]);
  if (hasPast) {
    const made = graph.emit('Shape', [past[0]!], [1], { start: 1, end: 2 }, { type: 'int64' });
    pastEnd = graph.emit('Add', [pastEnd, made], [1]);
  }
  const table = (name: string) => graph.input(name, [rows, headDim / 2]);
  const tokens = graph.input('tokens', [rows], 'int32');
  const kept: string[] = [];
  const hidden = decoder(
    ops,
    config,
    parameters,
    embedTokens(ops, parameters, tokens),
    { cos: table('cos'), sin: table('sin') },
    (query, key, value, layer) => {
      const [newKey, newValue] = [key, value].map((x) => byHead(graph, x, layout, config.text));
      const chunk: KeyValues = { key: newKey!, value: newValue! };
      for (const [which, added] of [chunk.key, chunk.value].entries()) {
        const before = past[2 * layer + which];
        const name = grownName(cacheNames('past', layers)[2 * layer + which]!);
        graph.output(before ? append(graph, before, added) : added, name);
        kept.push(name);
      }
      const fixed = {
        prompt: pair(prompt, layer),
        ...(hasPast ? { past: pair(past, layer) } : {}),
        promptMask,
        pastEnd,
      };
      return attendParts(graph, kernels, query, fixed, chunk, layout, config.text);
    },
  );
  graph.output(languageHead(ops, config, parameters, hidden), 'logits');
  return { model: graph, parameters: [...used.keys()], gradients: [], kept };
}

/** Makes chunks until every row has ended or has its most tokens. What it stored is dropped when the consumer leaves. */
export async function* generateByStep(
  engine: OnnxEngine,
  generation: Generation,
): AsyncGenerator<GeneratedChunk> {
  const { host, config, settings } = engine;
  const { prompts, layout, completions } = generation;
  const half = config.text.headDim / 2;
  const caches = new DecodeCaches(generation, config);
  const fixed = { ...hostFeeds({ promptMask: generationMask(generation) }), ...caches.prompt };
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
      make: () => stepGraph(config, own, settings.lowering),
      feeds: {
        ...fixed,
        ...(own.hasPast ? caches.past(made) : {}),
        ...hostFeeds({
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
    yield* generateStepwise(config, settings.positionRule, generation, { prefill: read, step });
  } finally {
    for (const name of caches.all) await host.delete(name);
  }
}
