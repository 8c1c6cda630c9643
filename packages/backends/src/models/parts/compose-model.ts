/** Composes a model from the pieces in which architectures differ. */
import { concatenate } from '../../ops/host-tensor.ts';
import type { ModelBatches } from '../spec/batches.ts';
import type { Model } from '../spec/model.ts';
import { checkMedia } from './check-media.ts';
import type { Decoder } from './decoder.ts';
import { estimateBytes } from './memory.ts';
import { modelGraphs } from './model-graphs.ts';
import { batchTensors, placementTensors } from './shared-prompt-batch.ts';
import { rememberInputs } from './remembered-inputs.ts';
import type { Tower } from './tower.ts';

/** The pieces of a model that an architecture supplies; batches and graphs follow from them. */
export type ModelPieces = Omit<Model, 'decoder' | 'batches' | 'graphs'> & {
  readonly tower: Tower;
  readonly decoder: Decoder;
};

/** A model of a vision tower and a decoder. */
export function composeModel({ tower, decoder, ...model }: ModelPieces): Model {
  return {
    ...model,
    decoder: decoder.sizes,
    batches: batchesOf(model, tower, decoder),
    graphs: modelGraphs(tower, decoder),
  };
}

function batchesOf(
  { tokens, prompts, vision }: Omit<ModelPieces, 'tower' | 'decoder'>,
  tower: Tower,
  decoder: Decoder,
): ModelBatches {
  const mediaTensors = rememberInputs((media) => tower.tensors(media));
  return {
    mediaLayout: (media) =>
      media.length === 0 ? undefined : tower.layout(media.map(({ grid }) => grid)),
    bytes: (layout, kind = {}) => estimateBytes(layout, decoder, tower, kind),
    tensors(layout, groups, rule) {
      const text = batchTensors(layout, groups, prompts, rule);
      if (!layout.media) return text;
      const media = groups.flatMap(({ prompt }) => prompt.media);
      const order = tower.tokenOrder(media.map(({ grid }) => grid));
      return {
        ...text,
        ...placementTensors(layout, groups, order, tokens),
        ...mediaTensors(media),
      };
    },
    mediaTensors,
    inPromptOrder(rows, media, width) {
      const order = tower.tokenOrder(media.map(({ grid }) => grid));
      const made = Array.from(order, (_, place) =>
        rows.subarray(place * width, (place + 1) * width),
      );
      const stored = new Array<Float32Array>(made.length);
      order.forEach((token, place) => (stored[token] = made[place]!));
      return concatenate(stored);
    },
    checkMedia: (encoded) => checkMedia(encoded, prompts, vision),
  };
}
