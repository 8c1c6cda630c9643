import { onnxPolicy } from './onnx/onnx-plugin.ts';

export * from './model/config.ts';
export * from './model/fresh-model.ts';
export * from './model/positions.ts';
export * from './model/safetensors.ts';
export * from './onnx/decode.ts';
export * from './onnx/decoder.ts';
export * from './onnx/inspection.ts';
export * from './onnx/lower/kernels.ts';
export * from './onnx/model-folder.ts';
export * from './onnx/onnx-engine.ts';
export * from './onnx/onnx-plugin.ts';
export * from './onnx/onnx-policy.ts';
export * from './onnx/open-onnx-policy.ts';
export * from './onnx/session-host.ts';
export * from './onnx/train/parameter-arena.ts';
export * from './onnx/warm-up/vision-warm-up.ts';
export * from './sampling/filter.ts';
export * from './sampling/uniforms.ts';
export * from './text/chat-template.ts';
export * from './text/processor.ts';
export * from './text/tokenizer.ts';
export * from './text/word-tokenizer.ts';
export * from './vision/decode-image.ts';
export * from './vision/decode-video.ts';
export * from './vision/encode-media.ts';
export * from './vision/frame-cache.ts';
export * from './vision/frame-sampling.ts';
export * from './vision/frame-settings.ts';
export * from './vision/frame-treatment.ts';
export * from './vision/patches.ts';
export * from './vision/picture.ts';
export * from './vision/resize.ts';
export * from './vision/smart-resize.ts';

/** The policy plugins of this package. */
export const plugins = [onnxPolicy] as const;
