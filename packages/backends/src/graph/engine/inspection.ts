/** Looks inside an engine for parity checks and tests, beyond the policy interface. */
import { LociError } from '@loci/core';
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import type { InspectedFeatures } from '../../engine/policy-engine.ts';
import { tensorFeeds } from './graph-run.ts';
import type { GraphEngine } from './graph-engine.ts';
import { layoutOf } from '../../engine/batch-layout.ts';
import { slicesByName } from '../../weights/parameter-arena.ts';
import { featureOutputs, modelGraph, visionGraph } from './model-graphs.ts';
import { STORE } from './optimizer.ts';

/** The vision tower's features of some media, in the order of the prompt. */
export async function inspectFeatures(
  engine: GraphEngine,
  media: readonly EncodedMedia[],
): Promise<InspectedFeatures> {
  const { batches, decoder, vision } = engine.model;
  const layout = batches.mediaLayout(media)!;
  const returned = await engine.run({
    key: JSON.stringify(['features', layout]),
    make: () => visionGraph(engine, layout, engine.settings.lowering),
    feeds: tensorFeeds(batches.mediaTensors(media)),
    fetches: Object.fromEntries(featureOutputs(vision).map((name) => [name, 'return'] as const)),
  });
  const [features, ...levels] = featureOutputs(vision).map((name) =>
    batches.inPromptOrder(returned[name]!.data as Float32Array, media, decoder.hiddenSize),
  );
  return { features: features!, levels };
}

/** Logits `[prompt tokens, vocabulary]` row-major at every position of a prompt. */
export async function inspectLogits(
  engine: GraphEngine,
  prompt: EncodedPrompt,
): Promise<Float32Array> {
  const { model, settings } = engine;
  if (prompt.tokenIds.length === 0) throw new LociError('empty-prompt', 'a prompt has no tokens');
  const groups = [{ prompt, completions: [] }];
  const layout = layoutOf(groups, model.batches);
  const { logits } = await engine.run({
    key: JSON.stringify(['logits', layout]),
    make: () => modelGraph(engine, layout, 'logits', settings.lowering),
    feeds: tensorFeeds(model.batches.tensors(layout, groups, settings.positionRule)),
    fetches: { logits: 'return' },
  });
  const all = logits!.data as Float32Array;
  return all.slice(0, prompt.tokenIds.length * model.decoder.vocabularySize);
}

/** The gradients accumulated since the last optimizer step, by published parameter name. */
export async function inspectGradients({
  runtime,
  arena,
}: GraphEngine): Promise<ReadonlyMap<string, Float32Array>> {
  return slicesByName((await runtime.get(STORE.gradient)) as Float32Array, arena);
}
