/** A look inside an engine, for parity checks and tests: what the policy interface keeps to itself. */
import { LociError } from '@loci/core';
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import { batchTensors } from '../../models/qwen2-5-vl/batch-layout.ts';
import { inStoredOrder, planVision, visionTensors } from '../../models/qwen2-5-vl/vision-layout.ts';
import { tensorFeeds } from './graph-engine.ts';
import type { GraphEngine } from './graph-engine.ts';
import { layoutOf } from '../../engine/micro-batches.ts';
import { slicesByName } from '../../weights/parameter-arena.ts';
import { modelGraph, visionGraph } from './model-graphs.ts';
import { STORE } from './optimizer.ts';

/**
 * What the vision tower makes of some media: `[merged tokens, outHiddenSize]` row-major, in the order in which the tokens
 * stand in a prompt.
 */
export async function inspectFeatures(
  engine: GraphEngine,
  media: readonly EncodedMedia[],
): Promise<Float32Array> {
  const { config, settings } = engine;
  const plan = planVision(
    media.map(({ grid }) => grid),
    config.vision,
  );
  const { features } = await engine.run({
    key: JSON.stringify(['features', plan.layout]),
    make: () => visionGraph(config, plan.layout, settings.lowering),
    feeds: tensorFeeds(visionTensors(plan, media, config.vision)),
    fetches: { features: 'return' },
  });
  return inStoredOrder(features!.data as Float32Array, plan, config.vision.outHiddenSize);
}

/** Logits `[prompt tokens, vocabulary]` row-major at every position of a prompt. */
export async function inspectLogits(
  engine: GraphEngine,
  prompt: EncodedPrompt,
): Promise<Float32Array> {
  const { config, settings } = engine;
  if (prompt.tokenIds.length === 0) throw new LociError('empty-prompt', 'a prompt has no tokens');
  const groups = [{ prompt, completions: [] }];
  const layout = layoutOf(groups, config);
  const { logits } = await engine.run({
    key: JSON.stringify(['logits', layout]),
    make: () => modelGraph(config, layout, 'logits', settings.lowering),
    feeds: tensorFeeds(batchTensors(layout, groups, config, settings.positionRule)),
    fetches: { logits: 'return' },
  });
  const all = logits!.data as Float32Array;
  return all.slice(0, prompt.tokenIds.length * config.text.vocabularySize);
}

/** The gradients accumulated since the last optimiser step, by published parameter name. */
export async function inspectGradients({
  runtime,
  arena,
}: GraphEngine): Promise<ReadonlyMap<string, Float32Array>> {
  return slicesByName((await runtime.get(STORE.gradient)) as Float32Array, arena);
}
