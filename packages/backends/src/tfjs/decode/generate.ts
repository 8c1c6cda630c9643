/**
 * Implements the steps of `engine/stepwise-generation.ts` on TensorFlow.js: reads prompts of one layout once, then in every step runs the
 * model on a token of each completion against the cached keys and values. Only logits come back from the device.
 */
import { generationMask } from '../../engine/generation.ts';
import type { GeneratedChunk, Generation } from '../../engine/generation.ts';
import { generateStepwise } from '../../engine/stepwise-generation.ts';
import type { StepTables } from '../../engine/stepwise-generation.ts';
import { uploadInputs } from '../inputs.ts';
import { tfjsOps } from '../ops/tfjs-ops.ts';
import type { TransposedWeights } from '../ops/tfjs-ops.ts';
import { takeFloats } from '../tf.ts';
import type { Tensor } from '../tf.ts';
import type { RunningModel } from '../running-model.ts';
import { attendCached, grow, promptByHead } from './cached-attention.ts';
import type { LayerCache } from './cached-attention.ts';

/** The tensors that stay on the device between steps. */
interface Held {
  readonly layers: LayerCache[];
  /** `[groups, 1, promptLength]` */
  readonly promptMask: Tensor;
  readonly transposed: TransposedWeights;
}

/** Reads the prompts; logits `[rows, vocabulary]` of the first tokens. */
async function prefill(
  engine: RunningModel,
  generation: Generation,
  held: Held,
): Promise<Float32Array> {
  const { model, settings, backend } = engine;
  const { tf, products } = backend;
  const { batches, graphs, decoder } = model;
  const { prompts, layout, completions } = generation;
  const groups = prompts.map((prompt) => ({ prompt, completions: [] }));
  const tensors = batches.tensors(layout, groups, settings.positionRule);
  const logits = tf.tidy(() => {
    const declare = uploadInputs(tf, tensors);
    const read = graphs.prefill(tfjsOps(tf, products), engine.currentWeights, layout, declare);
    const laid = (x: Tensor) => tf.keep(promptByHead(tf, x, prompts.length, decoder));
    held.layers.push(
      ...read.layers.map(({ key, value }) => ({ prompt: { key: laid(key), value: laid(value) } })),
    );
    return read.logits;
  });
  const perPrompt = await takeFloats(logits);
  const { vocabularySize } = decoder;
  const perRow = new Float32Array(prompts.length * completions * vocabularySize);
  for (let row = 0; row * vocabularySize < perRow.length; row++) {
    const at = Math.floor(row / completions) * vocabularySize;
    perRow.set(perPrompt.subarray(at, at + vocabularySize), row * vocabularySize);
  }
  return perRow;
}

/** Runs the model on the tokens of a step; logits `[rows, vocabulary]` of the next. */
async function step(
  engine: RunningModel,
  { prompts, completions }: Generation,
  held: Held,
  tokenIds: Int32Array,
  tables: StepTables,
): Promise<Float32Array> {
  const { model, backend } = engine;
  const { tf, products } = backend;
  const { graphs, decoder } = model;
  const rows = { groups: prompts.length, completions };
  const before = held.layers.flatMap(({ own }) => (own ? [own.key, own.value] : []));
  const logits = tf.tidy(() => {
    const ops = tfjsOps(tf, products, { transposed: held.transposed });
    const table = (values: Float32Array) =>
      tf.tensor(values, [tokenIds.length, decoder.headDim / 2]);
    return graphs.step(
      ops,
      engine.currentWeights,
      tf.tensor(tokenIds, [tokenIds.length], 'int32'),
      { cos: table(tables.cos), sin: table(tables.sin) },
      (query, key, value, layer) => {
        const grown = grow(tf, held.layers[layer]!, { key, value }, rows, decoder);
        tf.keep(grown.own.key);
        tf.keep(grown.own.value);
        held.layers[layer] = grown;
        return attendCached(tf, products, query, grown, held.promptMask, rows, decoder);
      },
    );
  });
  tf.dispose(before);
  return takeFloats(logits);
}

/** Yields chunks until every row has ended or reached its limit. Leaving the loop frees its tensors. */
export async function* generate(
  engine: RunningModel,
  generation: Generation,
): AsyncGenerator<GeneratedChunk> {
  const { model, settings, backend } = engine;
  const { tf } = backend;
  const mask = generationMask(generation);
  const held: Held = {
    layers: [],
    transposed: new Map(),
    promptMask: tf.tensor(mask.data, [generation.prompts.length, 1, mask.shape[1]!]),
  };
  try {
    yield* generateStepwise(model, settings.positionRule, generation, {
      prefill: () => prefill(engine, generation, held),
      step: (tokenIds, tables) => step(engine, generation, held, tokenIds, tables),
    });
  } finally {
    const cached = held.layers.flatMap(({ prompt, own }) => [prompt, ...(own ? [own] : [])]);
    tf.dispose(cached.flatMap(({ key, value }) => [key, value]));
    tf.dispose([held.promptMask, ...held.transposed.values()]);
  }
}
