/**
 * Exports the engines for users: the policies, model folders and adapters, and the contract for an engine of one's own. Tests and tools of
 * this repository use `@loci/backends/internal`. `@loci/backends/plugins` has the descriptors alone, and `@loci/backends/models` the parts
 * of a model architecture.
 */
// Policies.
export { onnxPolicy, plugins, tfjsPolicy } from './plugins.ts';
export { OnnxPolicy, openOnnxPolicy } from './onnx/onnx-policy.ts';
export type { OnnxPolicySettings } from './onnx/onnx-policy.ts';
export type { OnnxProviderChoice } from './onnx/start/provider.ts';
export { TfjsPolicy, openTfjsPolicy } from './tfjs/tfjs-policy.ts';
export type { TfjsPolicySettings } from './tfjs/tfjs-policy.ts';
export type { TfjsEngineChoice } from './tfjs/start/start-backend.ts';

// Adapters.
export type { LoraSettings } from './lora/lora-schema.ts';
export { mergeAdapter } from './lora/merge.ts';
export type { MergeRequest, MergeSummary } from './lora/merge.ts';

// Model folders: architectures, weights, and the processors of text and media.
export { ARCHITECTURES, architectureNamed, readModel, writeModelConfig } from './models/index.ts';
export type { Architecture, Model, TunedModel } from './models/spec/model.ts';
export type { FreshSizes } from './models/spec/sizes.ts';
export { openCheckpoint } from './weights/safetensors.ts';
export type { Checkpoint } from './weights/safetensors.ts';
export { writeCheckpoint } from './weights/safetensors-write.ts';
export { writeFreshModel } from './weights/fresh-model.ts';
export type { FreshModel } from './weights/fresh-model.ts';
export { createProcessor } from './engine/processor.ts';
export type { ProcessorOptions } from './engine/processor.ts';
export { readChatTemplate } from './text/chat-template.ts';
export type { ChatTemplate } from './text/chat-template.ts';
export { openedReader } from './text/opened-text.ts';
export { readTokenizer } from './text/tokenizer.ts';
export type { TextCodec } from './text/tokenizer.ts';
export { buildWordTokenizer, writeWordTokenizer } from './text/word-tokenizer.ts';
export type { WordTokenizer, WordTokenizerOptions } from './text/word-tokenizer.ts';

// The contract for an engine of one's own.
export type { ElementOps } from './ops/element-ops.ts';
export type { HostTensor } from './ops/host-tensor.ts';
export type { TensorOps } from './ops/tensor-ops.ts';
export type { Tuning } from './ops/tuning.ts';
export { EnginePolicy } from './engine/engine-policy.ts';
export type { EnginePolicyParts } from './engine/engine-policy.ts';
export type { GeneratedChunk, Generation } from './engine/generation.ts';
export { MODEL_OPTIONS, placeModelOptions } from './engine/model-options.ts';
export { openModel } from './engine/open-model.ts';
export type { ModelSettings, OpenedModel } from './engine/open-model.ts';
export type { PolicyEngine, WeightSet } from './engine/policy-engine.ts';
export type { TokenGenerator } from './engine/sample-stream.ts';
export { frozenWeights } from './weights/model-weights.ts';
export type { ModelWeights } from './weights/model-weights.ts';
export type { Moments } from './weights/model-folder.ts';
export { parameterArena } from './weights/parameter-arena.ts';
export type { ParameterArena } from './weights/parameter-arena.ts';
