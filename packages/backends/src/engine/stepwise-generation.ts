/**
 * Generates step by step: each step draws a token for each completion on the host and runs the model on those tokens. Serves engines that
 * return only logits from the device.
 */
import type { Model } from '../models/spec/model.ts';
import type { PositionRule } from '../models/spec/prompts.ts';
import { concatenate } from '../ops/host-tensor.ts';
import { drawToken, logProbability, tokenDistribution } from './sampling/filter.ts';
import { generationSteps } from './generation.ts';
import type { GeneratedChunk, Generation } from './generation.ts';
import { GenerationRows } from './generation-rows.ts';

/** Rotary tables of a step, `[rows, headDim / 2]` each. */
export type StepTables = Readonly<Record<'cos' | 'sin', Float32Array>>;

/** A model that reads prompts and then one token for each row at a time. It holds keys and values in between. */
export interface Stepper {
  /** Logits `[rows, vocabulary]` of the first tokens. */
  prefill(): Promise<Float32Array>;
  /** Logits `[rows, vocabulary]` after the tokens of a step. */
  step(tokenIds: Int32Array, tables: StepTables): Promise<Float32Array>;
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
    logProbs[row] = logProbability(own, id, sampling.temperature || 1);
  }
  return { tokenIds, logProbs };
}

/** Yields chunks until every row has ended or reached its limit. The caller frees the stepper. */
export async function* generateStepwise(
  model: Pick<Model, 'decoder' | 'prompts'>,
  rule: PositionRule,
  generation: Generation,
  stepper: Stepper,
): AsyncGenerator<GeneratedChunk> {
  const { prompts, completions, sampling, chunkTokens } = generation;
  const { maxNewTokens } = sampling;
  const count = prompts.length * completions;
  const half = model.decoder.headDim / 2;
  const rows = new GenerationRows(generation, model.decoder.vocabularySize);
  let logits = await stepper.prefill();
  for (let made = 0; made < maxNewTokens && !rows.allFinished;) {
    const most = Math.min(chunkTokens, maxNewTokens - made);
    const inputs = generationSteps(generation, model, rule, made, most);
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
      logits = await stepper.step(drawn.tokenIds, tables);
    }
    made += steps;
    yield {
      tokenIds: tokenIds.slice(0, steps * count),
      logProbs: logProbs.slice(0, steps * count),
      steps,
      ...(generation.withLogits ? { logits: concatenate(seen) } : {}),
    };
  }
}
