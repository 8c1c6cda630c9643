/**
 * Exports what a new model architecture needs: the contract, the operations of engines, and the building blocks that architectures share.
 * `docs/tutorials/custom-model.md` builds one of them.
 */
// The contract.
export type { Architecture, Model, PartlyTrained, TunedModel, Vocabulary } from './spec/model.ts';
export { batchRows, predictingRows } from './spec/batches.ts';
export type { BatchLayout, MediaLayout, ModelBatches, SegmentLayout } from './spec/batches.ts';
export type { Attend, ModelGraphs, PromptReading, VisionFeatures } from './spec/graphs.ts';
export type {
  FramesAsImages,
  MediaEncoder,
  MediaExtent,
  ModelPrompts,
  PositionRule,
  RotaryTable,
  TokenPositions,
} from './spec/prompts.ts';
export { mergedTokens, patchValues } from './spec/sizes.ts';
export type { DecoderSizes, FreshSizes, VisionSizes } from './spec/sizes.ts';
export type { LinearLayerSpec, ModelParameters, ParameterSpec, Weights } from './spec/weights.ts';
export type { SpecialTokenIds } from '../text/special-tokens.ts';
export type { TextCodec } from '../text/tokenizer.ts';

// What engines offer.
export { MASKED, concatenate, pickRows } from '../ops/host-tensor.ts';
export type { DeclareInput, HostTensor, HostTensors } from '../ops/host-tensor.ts';
export type {
  HeadLayout,
  RotaryTables,
  RowPermutation,
  SegmentAttention,
  SharedPromptAttention,
  TensorOps,
} from '../ops/tensor-ops.ts';
export type { LowRank, Tuning } from '../ops/tuning.ts';

// A whole model.
export { composeModel } from './parts/compose-model.ts';
export type { ModelPieces } from './parts/compose-model.ts';
export { checkConfigRules, configError, parseConfigJson } from './parts/config-json.ts';
export type { ConfigRule } from './parts/config-json.ts';
export { linearLayersOf, spelledNames } from './parts/parameter-names.ts';
export type { Spellings } from './parts/parameter-names.ts';
export { linearLayer } from './parts/linear-layer.ts';

// A decoder.
export { embedWithMedia } from './parts/decoder.ts';
export type { Decoder, MediaRows } from './parts/decoder.ts';

// A vision tower.
export { frameTower } from './parts/frame-tower.ts';
export type { FrameInputs, FrameTowerPieces } from './parts/frame-tower.ts';
export { patchPositions, decoderRotary, towerRotary } from './parts/rotary.ts';
export type { TowerHeads } from './parts/rotary.ts';
export { attendWithin, declareSegments, segmentLayout, segmentTensors } from './parts/segments.ts';
export type { SegmentInputs } from './parts/segments.ts';
export type { Grids, Tower } from './parts/tower.ts';

// Prompts.
export { createMediaEncoder } from './parts/encode-media.ts';
export { framePrompts } from './parts/frame-prompts.ts';
export type { FramePrompts, FrameRules } from './parts/frame-prompts.ts';
export { mropePositions } from './parts/mrope.ts';
export type { MediaBlock } from './parts/mrope.ts';
export { cutPatches } from './parts/patches.ts';
export {
  checkAllUsed,
  checkRun,
  expandPlaceholders,
  placeholderKind,
} from './parts/placeholders.ts';
export { readFrameSettings, writeFrameSettings } from './parts/preprocessor-files.ts';
export type { PreprocessorRules } from './parts/preprocessor-files.ts';
