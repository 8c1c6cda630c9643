/** A look inside an engine, for parity checks and tests: what the policy interface keeps to itself. */
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import { batchTensors, declareBatch } from '../models/qwen2-5-vl/batch-layout.ts';
import { promptLogits } from '../models/qwen2-5-vl/forward.ts';
import { visionFeatures } from '../models/qwen2-5-vl/vision.ts';
import {
  declareVision,
  inStoredOrder,
  planVision,
  visionTensors,
} from '../models/qwen2-5-vl/vision-layout.ts';
import { layoutOf } from '../engine/micro-batches.ts';
import { uploadInputs } from './inputs.ts';
import { tfjsOps } from './ops/tfjs-ops.ts';
import { takeFloats } from './tf.ts';
import type { TfjsEngine } from './tfjs-engine.ts';

/** What the vision tower makes of some media; see `TfjsEngineApi.features`. */
export async function inspectFeatures(
  engine: TfjsEngine,
  media: readonly EncodedMedia[],
): Promise<Float32Array> {
  const { config, backend } = engine;
  const { tf, products } = backend;
  const { vision } = config;
  const plan = planVision(
    media.map(({ grid }) => grid),
    vision,
  );
  const features = tf.tidy(() => {
    const declare = uploadInputs(tf, visionTensors(plan, media, vision));
    const inputs = declareVision(plan.layout, vision, declare);
    return visionFeatures(tfjsOps(tf, products), config, engine.currentParameters, inputs);
  });
  return inStoredOrder(await takeFloats(features), plan, vision.outHiddenSize);
}

/** Logits at every position of a prompt; see `TfjsEngineApi.logits`. */
export async function inspectLogits(
  engine: TfjsEngine,
  prompt: EncodedPrompt,
): Promise<Float32Array> {
  const { config, backend, settings } = engine;
  const { tf, products } = backend;
  const groups = [{ prompt, completions: [] }];
  const layout = layoutOf(groups, config);
  const tensors = batchTensors(layout, groups, config, settings.positionRule);
  const logits = tf.tidy(() => {
    const inputs = declareBatch(layout, config, uploadInputs(tf, tensors));
    return promptLogits(tfjsOps(tf, products), config, engine.currentParameters, inputs, layout);
  });
  const all = await takeFloats(logits);
  return all.slice(0, prompt.tokenIds.length * config.text.vocabularySize);
}
