/** Looks inside an engine for parity checks and tests, beyond the policy interface. */
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import type { InspectedFeatures } from '../engine/policy-engine.ts';
import { layoutOf } from '../engine/batch-layout.ts';
import { uploadInputs } from './inputs.ts';
import { tfjsOps } from './ops/tfjs-ops.ts';
import { takeFloats } from './tf.ts';
import type { RunningModel } from './running-model.ts';

/** The vision tower's features of some media; see `TfjsEngineApi.features`. */
export async function inspectFeatures(
  engine: RunningModel,
  media: readonly EncodedMedia[],
): Promise<InspectedFeatures> {
  const { model, backend } = engine;
  const { tf, products } = backend;
  const { batches, graphs, decoder } = model;
  const parts = tf.tidy(() => {
    const declare = uploadInputs(tf, batches.mediaTensors(media));
    const layout = batches.mediaLayout(media)!;
    const seen = graphs.features(tfjsOps(tf, products), engine.currentWeights, layout, declare);
    return [seen.features, ...seen.levels];
  });
  const read: Float32Array[] = [];
  for (const part of parts) {
    read.push(batches.inPromptOrder(await takeFloats(part), media, decoder.hiddenSize));
  }
  const [features, ...levels] = read;
  return { features: features!, levels };
}

/** Logits at every position of a prompt; see `TfjsEngineApi.logits`. */
export async function inspectLogits(
  engine: RunningModel,
  prompt: EncodedPrompt,
): Promise<Float32Array> {
  const { model, backend, settings } = engine;
  const { tf, products } = backend;
  const { batches, graphs, decoder } = model;
  const groups = [{ prompt, completions: [] }];
  const layout = layoutOf(groups, batches);
  const tensors = batches.tensors(layout, groups, settings.positionRule);
  const logits = tf.tidy(() =>
    graphs.logits(tfjsOps(tf, products), engine.currentWeights, layout, uploadInputs(tf, tensors)),
  );
  const all = await takeFloats(logits);
  return all.slice(0, prompt.tokenIds.length * decoder.vocabularySize);
}
