/** The graphs of a batch layout: log-probabilities, training, and the tower and logits for inspection. */
import type { Loss } from '@loci/core';
import type { BatchInputs, BatchLayout } from '../../models/qwen2-5-vl/batch-layout.ts';
import { declareBatch } from '../../models/qwen2-5-vl/batch-layout.ts';
import type { ModelConfig } from '../../models/qwen2-5-vl/config.ts';
import { completionLogProbs, promptLogits } from '../../models/qwen2-5-vl/forward.ts';
import { everyParameter, splitParameters } from '../../models/qwen2-5-vl/parameters.ts';
import type { Parameters, ParameterSpec } from '../../models/qwen2-5-vl/parameters.ts';
import { visionFeatures } from '../../models/qwen2-5-vl/vision.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { declareVision } from '../../models/qwen2-5-vl/vision-layout.ts';
import type { VisionLayout } from '../../models/qwen2-5-vl/vision-layout.ts';
import { lossOf } from '../../engine/loss.ts';
import { gradients } from '../ir/backward.ts';
import { GraphBuilder } from '../ir/builder.ts';
import type { Value } from '../ir/value.ts';
import type { LoweringName } from '../lower/kernels.ts';
import { graphElementOps } from '../lower/graph-element-ops.ts';
import { graphOps } from '../lower/graph-ops.ts';
import type { GradientOptions } from '../lower/graph-ops.ts';

/** What a graph computes. */
export type GraphPurpose = 'log-probs' | 'logits' | Loss['kind'];

/** A graph and the parameters it reads. */
export interface ModelGraph {
  readonly model: GraphBuilder;
  /** Inputs that are parameters, by published name. */
  readonly parameters: readonly string[];
  /** Parameters that have an output `gradient/<name>`. */
  readonly gradients: readonly string[];
  /** Outputs that runs keep in the store, none when absent; see `SessionParts`. */
  readonly kept?: readonly string[];
}

/** The output that holds a parameter's gradient. */
export function gradientOutput(parameter: string): string {
  return `gradient/${parameter}`;
}

/** A graph under construction, with the model's operations and the parameters it has asked for so far. */
export interface Assembly {
  readonly graph: GraphBuilder;
  readonly ops: TensorOps<Value>;
  readonly parameters: Parameters<Value>;
  readonly used: Map<string, Value>;
}

/** A graph in which a parameter becomes an input when the model first asks for it. */
export function assemble(
  specs: readonly ParameterSpec[],
  lowering: LoweringName,
  gradient: GradientOptions = {},
): Assembly {
  const graph = new GraphBuilder();
  const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
  const used = new Map<string, Value>();
  const parameters = (name: string) => {
    const existing = used.get(name);
    if (existing) return existing;
    const input = graph.input(name, shapes.get(name)!);
    used.set(name, input);
    return input;
  };
  return { graph, ops: graphOps(graph, lowering, gradient), parameters, used };
}

/**
 * The graph of one layout. Outputs: `logProbs [groups · completions, completionLength]`, or `logits` at the prompt positions;
 * for a loss also `loss` and the gradient of every parameter it depends on.
 */
export function modelGraph(
  config: ModelConfig,
  layout: BatchLayout,
  purpose: GraphPurpose,
  lowering: LoweringName,
  gradient: GradientOptions = {},
): ModelGraph {
  const { graph, ops, parameters, used } = assemble(everyParameter(config), lowering, gradient);
  const inputs: BatchInputs<Value> = declareBatch(layout, config, (name, shape, type) =>
    graph.input(name, shape, type),
  );
  if (purpose === 'logits') {
    graph.output(promptLogits(ops, config, parameters, inputs, layout), 'logits');
    return { model: graph, parameters: [...used.keys()], gradients: [] };
  }
  const logProbs = completionLogProbs(ops, config, parameters, inputs, layout);
  graph.output(logProbs, 'logProbs');
  if (purpose === 'log-probs') {
    return { model: graph, parameters: [...used.keys()], gradients: [] };
  }
  const loss = lossOf(
    graphElementOps(graph),
    purpose,
    logProbs,
    logProbs.shape,
    (name, shape, type) => graph.input(name, shape, type),
  );
  graph.output(loss, 'loss');
  const trained = new Set(splitParameters(config).trained.map(({ name }) => name));
  const differentiated = outputGradients(graph, loss, used, (name) => trained.has(name));
  return { model: graph, ...differentiated };
}

/** Gives a graph an output for the gradient of every trained parameter that its loss depends on; others cost nothing. */
export function outputGradients(
  graph: GraphBuilder,
  loss: Value,
  used: ReadonlyMap<string, Value>,
  isTrained: (name: string) => boolean = () => true,
): Omit<ModelGraph, 'model'> {
  const parameters = [...used.keys()];
  const trained = parameters.filter(isTrained);
  const found = gradients(
    graph,
    loss,
    trained.map((name) => used.get(name)!),
  );
  const differentiated = trained.filter((name, index) => {
    const gradient = found[index];
    if (gradient) graph.output(gradient, gradientOutput(name));
    return gradient !== undefined;
  });
  return { parameters, gradients: differentiated, kept: differentiated.map(gradientOutput) };
}

/** The vision tower alone: output `features [merged tokens, outHiddenSize]`, in window order. */
export function visionGraph(
  config: ModelConfig,
  layout: VisionLayout,
  lowering: LoweringName,
): ModelGraph {
  const { graph, ops, parameters, used } = assemble(everyParameter(config), lowering);
  const inputs = declareVision(layout, config.vision, (name, shape, type) =>
    graph.input(name, shape, type),
  );
  graph.output(visionFeatures(ops, config, parameters, inputs), 'features');
  return { model: graph, parameters: [...used.keys()], gradients: [] };
}
