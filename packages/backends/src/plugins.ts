/**
 * Exports the policies of this package as descriptors. Importing them loads no engine, no model code and no native library; creating a
 * policy does.
 */
import { onnxPolicy } from './onnx/onnx-plugin.ts';
import { tfjsPolicy } from './tfjs/tfjs-plugin.ts';

export { onnxPolicy } from './onnx/onnx-plugin.ts';
export { tfjsPolicy } from './tfjs/tfjs-plugin.ts';

/** The policy plugins of this package. */
export const plugins = [onnxPolicy, tfjsPolicy] as const;
