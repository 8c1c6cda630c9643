/**
 * The generation loop: prompts of one layout are read once, then every step draws a token for each completion on the host and
 * runs the model on those tokens against the cached keys and values. Only logits come back from the device.
 */
import { batchTensors, declareBatch } from '../../model/batch-layout.ts';
import { readPrompts } from '../../model/qwen2-5-vl/forward.ts';
import { decoder, embedTokens, languageHead } from '../../model/qwen2-5-vl/text.ts';
import { GenerationRows } from '../../policy/generation-rows.ts';
import { generationMask, generationSteps } from '../../policy/generation.ts';
import type { GeneratedChunk, Generation } from '../../policy/generation.ts';
import { drawToken, tokenDistribution } from '../../sampling/filter.ts';
import { logProbability } from '../../sampling/log-probability.ts';
import { uploadInputs } from '../inputs.ts';
import { tfjsOps } from '../ops/tfjs-ops.ts';
import type { TransposedWeights } from '../ops/tfjs-ops.ts';
import type { Tensor } from '../tf.ts';
import type { TfjsEngine } from '../tfjs-engine.ts';
import { attendCached, grow, promptByHead } from './cached-attention.ts';
import type { LayerCache } from './cached-attention.ts';

/** What stays on the device from step to step. */
interface Held {
  readonly layers: LayerCache[];
  /** `[groups, 1, promptLength]` */
  readonly promptMask: Tensor;
  readonly transposed: TransposedWeights;
}

/** Reads the prompts; logits `[rows, vocabulary]` of the first tokens. */
async function prefill(
  engine: TfjsEngine,
  generation: Generation,
  held: Held,
): Promise<Float32Array> {
  const { config, settings, backend } = engine;
  const { tf, products } = backend;
  const { prompts, layout, completions } = generation;
  const groups = prompts.map((prompt) => ({ prompt, completions: [] }));
  const tensors = batchTensors(layout, groups, config, settings.positionRule);
  const logits = tf.tidy(() => {
    const inputs = declareBatch(layout, config, uploadInputs(tf, tensors));
    const ops = tfjsOps(tf, products);
    const read = readPrompts(ops, config, engine.currentParameters, inputs, layout);
    const laid = (x: Tensor) => tf.keep(promptByHead(tf, x, prompts.length, config.text));
    held.layers.push(
      ...read.layers.map(({ key, value }) => ({ prompt: { key: laid(key), value: laid(value) } })),
    );
    return read.logits;
  });
  const perPrompt = await logits.data<'float32'>();
  logits.dispose();
  const { vocabularySize } = config.text;
  const perRow = new Float32Array(prompts.length * completions * vocabularySize);
  for (let row = 0; row * vocabularySize < perRow.length; row++) {
    const at = Math.floor(row / completions) * vocabularySize;
    perRow.set(perPrompt.subarray(at, at + vocabularySize), row * vocabularySize);
  }
  return perRow;
}

/** Runs the model on the tokens of a step; logits `[rows, vocabulary]` of the next. */
async function step(
  engine: TfjsEngine,
  { prompts, completions }: Generation,
  held: Held,
  tokenIds: Int32Array,
  tables: Readonly<Record<'cos' | 'sin', Float32Array>>,
): Promise<Float32Array> {
  const { config, backend } = engine;
  const { tf, products } = backend;
  const rows = { groups: prompts.length, completions };
  const before = held.layers.flatMap(({ own }) => (own ? [own.key, own.value] : []));
  const logits = tf.tidy(() => {
    const ops = tfjsOps(tf, products, { transposed: held.transposed });
    const parameters = engine.currentParameters;
    const table = (values: Float32Array) =>
      tf.tensor(values, [tokenIds.length, config.text.headDim / 2]);
    const hidden = decoder(
      ops,
      config,
      parameters,
      embedTokens(ops, parameters, tf.tensor(tokenIds, [tokenIds.length], 'int32')),
      { cos: table(tables.cos), sin: table(tables.sin) },
      (query, key, value, layer) => {
        const grown = grow(tf, held.layers[layer]!, { key, value }, rows, config.text);
        tf.keep(grown.own.key);
        tf.keep(grown.own.value);
        held.layers[layer] = grown;
        return attendCached(tf, products, query, grown, held.promptMask, rows, config.text);
      },
    );
    return languageHead(ops, config, parameters, hidden);
  });
  tf.dispose(before);
  const values = await logits.data<'float32'>();
  logits.dispose();
  return values;
}

/** Draws a token for every row; rows that have ended get padding. */
function draw(
  { sampling, padTokenId }: Generation,
  rows: GenerationRows,
  logits: Float32Array,
  uniforms: Float32Array,
): { readonly tokenIds: Int32Array; readonly logProbs: Float32Array } {
  const count = rows.finished.length;
  const vocabulary = logits.length / count;
  const tokenIds = new Int32Array(count).fill(padTokenId);
  const logProbs = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    if (rows.finished[row]) continue;
    const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
    const distribution = tokenDistribution(own, sampling, rows.seenBy(row));
    const id = drawToken(distribution, uniforms[row]!);
    tokenIds[row] = id;
    logProbs[row] = logProbability(own, id);
  }
  return { tokenIds, logProbs };
}

/** Makes chunks until every row has ended or has its most tokens. What it held is freed when the consumer leaves. */
export async function* generate(
  engine: TfjsEngine,
  generation: Generation,
): AsyncGenerator<GeneratedChunk> {
  const { config, settings, backend } = engine;
  const { tf } = backend;
  const { prompts, completions, sampling, chunkTokens } = generation;
  const { maxNewTokens } = sampling;
  const count = prompts.length * completions;
  const half = config.text.headDim / 2;
  const mask = generationMask(generation);
  const held: Held = {
    layers: [],
    transposed: new Map(),
    promptMask: tf.tensor(mask.data, [prompts.length, 1, mask.shape[1]!]),
  };
  const rows = new GenerationRows(generation, config.text.vocabularySize);
  try {
    let logits = await prefill(engine, generation, held);
    for (let made = 0; made < maxNewTokens && !rows.allFinished;) {
      const most = Math.min(chunkTokens, maxNewTokens - made);
      const inputs = generationSteps(generation, config, settings.positionRule, made, most);
      const now = (name: keyof typeof inputs, width: number, at: number) =>
        inputs[name].data.slice(at * count * width, (at + 1) * count * width) as Float32Array;
      const [tokenIds, logProbs] = [new Int32Array(most * count), new Float32Array(most * count)];
      const seen: Float32Array[] = [];
      let steps = 0;
      for (; steps < most && !rows.allFinished; steps++) {
        if (generation.withLogits) seen.push(logits.slice());
        const drawn = draw(generation, rows, logits, now('uniforms', 1, steps));
        tokenIds.set(drawn.tokenIds, steps * count);
        logProbs.set(drawn.logProbs, steps * count);
        rows.advance(drawn.tokenIds);
        if (rows.allFinished || made + steps + 1 >= maxNewTokens) continue;
        const tables = { cos: now('cos', half, steps), sin: now('sin', half, steps) };
        logits = await step(engine, generation, held, drawn.tokenIds, tables);
      }
      made += steps;
      yield {
        tokenIds: tokenIds.slice(0, steps * count),
        logProbs: logProbs.slice(0, steps * count),
        steps,
        ...(generation.withLogits ? { logits: concatenate(seen) } : {}),
      };
    }
  } finally {
    const cached = held.layers.flatMap(({ prompt, own }) => [prompt, ...(own ? [own] : [])]);
    tf.dispose(cached.flatMap(({ key, value }) => [key, value]));
    tf.dispose([held.promptMask, ...held.transposed.values()]);
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
