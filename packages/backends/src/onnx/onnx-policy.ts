/** The policy on ONNX Runtime. */
import { EnginePolicy } from '../engine/engine-policy.ts';
import type { GraphEngine } from '../graph/engine/graph-engine.ts';

/** A policy whose model runs on ONNX Runtime; `openOnnxPolicy` makes one of a model folder. */
export class OnnxPolicy extends EnginePolicy<GraphEngine> {}
