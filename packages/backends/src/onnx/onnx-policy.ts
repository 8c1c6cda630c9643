/** The policy on ONNX Runtime. */
import { EnginePolicy } from '../policy/engine-policy.ts';
import type { OnnxEngine } from './onnx-engine.ts';

/** A policy whose model runs on ONNX Runtime; `openOnnxPolicy` makes one of a model folder. */
export class OnnxPolicy extends EnginePolicy<OnnxEngine> {}
