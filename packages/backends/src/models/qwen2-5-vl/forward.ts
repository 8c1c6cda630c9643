/** From a laid-out batch to the log-probabilities of its completion tokens: vision tower, decoder and head put together. */
import type { BatchInputs, BatchLayout } from './batch-layout.ts';
import type { ModelConfig } from './config.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { isVisionTrained } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { decoder, embedTokens, languageHead } from './text.ts';
import { visionFeatures } from './vision.ts';
import type { VisionInputs } from './vision.ts';

/** Decoder rows `[rows, hidden]` of a batch, before the final norm. */
export function decodeBatch<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  inputs: BatchInputs<T>,
  layout: BatchLayout,
): T {
  const { ids, rotary, promptMask, media } = inputs;
  const see = (vision: VisionInputs<T>) => {
    const features = () => visionFeatures(ops, config, parameters, vision);
    return isVisionTrained(config) ? features() : ops.withoutGradient(features);
  };
  const placed = media && {
    features: see(media.vision),
    placement: media.placement,
    textMask: media.textMask,
  };
  const { groups, promptLength, completions, completionLength } = layout;
  const { heads, kvHeads: keyValueHeads, headDim: headSize } = config.text;
  return decoder(
    ops,
    config,
    parameters,
    embedTokens(ops, parameters, ids, placed),
    rotary,
    (query, key, value) =>
      ops.attendSharedPrompt(query, key, value, {
        groups,
        promptLength,
        completions,
        completionLength,
        heads,
        keyValueHeads,
        headSize,
        promptMask,
      }),
  );
}

/** Logits that are held at a time where a vocabulary is large. */
export const MOST_LOGITS = 2 ** 23;

/** Log-probabilities of `targets [rows, n]` at rows of the decoder, with the logits of only so many rows at a time. */
function headLogProbs<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  hidden: T,
  targets: T,
): T {
  const rows = ops.shapeOf(hidden)[0]!;
  const most = Math.max(16, Math.floor(MOST_LOGITS / config.text.vocabularySize));
  const read = (x: T, ids: T) => ops.tokenLogProbs(languageHead(ops, config, parameters, x), ids);
  if (rows <= most) return read(hidden, targets);
  const parts = Array.from({ length: Math.ceil(rows / most) }, (_, index) => {
    const [start, end] = [index * most, Math.min(rows, (index + 1) * most)];
    const ids = ops.sliceRows(targets, start, end);
    return ops.checkpointedSegment(ops.sliceRows(hidden, start, end), (x) => read(x, ids), 'large');
  });
  return ops.concatRows(parts);
}

/** Log-probabilities at temperature 1 of the completion tokens: `[groups · completions, completionLength]`. */
export function completionLogProbs<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  inputs: BatchInputs<T>,
  layout: BatchLayout,
): T {
  const hidden = decodeBatch(ops, config, parameters, inputs, layout);
  const rows = ops.permuteRows(hidden, inputs.predicting);
  const logProbs = headLogProbs(ops, config, parameters, rows, inputs.targets);
  const { groups, completions, completionLength } = layout;
  const total = groups * completions;
  const firsts = ops.reshape(ops.sliceRows(logProbs, 0, groups), [total, 1]);
  if (completionLength === 1) return firsts;
  const later = ops.sliceRows(logProbs, groups, ops.shapeOf(logProbs)[0]!);
  const [column] = completions === 1 ? [later] : ops.splitColumns(later, [1, completions - 1]);
  return ops.concatColumns([firsts, ops.reshape(column!, [total, completionLength - 1])]);
}

/** Logits `[groups · promptLength, vocabulary]` at every prompt position. */
export function promptLogits<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  inputs: BatchInputs<T>,
  layout: BatchLayout,
): T {
  const hidden = decodeBatch(ops, config, parameters, inputs, layout);
  const prompts = ops.sliceRows(hidden, 0, layout.groups * layout.promptLength);
  return languageHead(ops, config, parameters, prompts);
}

/** What generation needs of prompts that were read. */
export interface PromptReading<T> {
  /** Logits after the last token of each prompt, `[groups, vocabulary]`. */
  readonly logits: T;
  /** Rotated keys and values of each layer, one row a prompt token: `[groups · promptLength, kvHeads · headDim]`. */
  readonly layers: readonly { readonly key: T; readonly value: T }[];
}

/** Reads prompts once and keeps what their completions look back at. @param layout of prompts alone (`completions` 0). */
export function readPrompts<T>(
  ops: TensorOps<T>,
  config: ModelConfig,
  parameters: Parameters<T>,
  inputs: BatchInputs<T>,
  layout: BatchLayout,
): PromptReading<T> {
  const layers: { readonly key: T; readonly value: T }[] = [];
  const watching: TensorOps<T> = {
    ...ops,
    attendSharedPrompt(query, key, value, rest) {
      layers.push({ key, value });
      return ops.attendSharedPrompt(query, key, value, rest);
    },
  };
  const hidden = decodeBatch(watching, config, parameters, inputs, layout);
  const last = ops.permuteRows(hidden, inputs.predicting);
  return { logits: languageHead(ops, config, parameters, last), layers };
}
