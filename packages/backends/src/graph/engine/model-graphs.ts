/** Builds the graphs of a batch layout: log-probabilities, training, and the tower and logits for inspection. */
import type { TokenReadout } from '@loci/core';
import type { BatchLayout, MediaLayout } from '../../models/spec/batches.ts';
import type { TunedModel } from '../../models/spec/model.ts';
import type { VisionSizes } from '../../models/spec/sizes.ts';
import type { ParameterSpec, Weights } from '../../models/spec/weights.ts';
import { everyParameter, splitParameters, weightsOf } from '../../models/tuned-model.ts';
import type { DeclareInput } from '../../ops/host-tensor.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { lossOf } from '../../engine/loss.ts';
import type { LossForm } from '../../engine/loss.ts';
import { PLAIN_READOUT } from '../../engine/readout.ts';
import { gradients } from '../autodiff/backward.ts';
import { GraphBuilder } from '../ir/builder.ts';
import type { Value } from '../ir/value.ts';
import type { LoweringName } from '../lower/kernels.ts';
import type { ReturnedTensor } from './runtime-messages.ts';
import { graphElementOps } from '../lower/graph-element-ops.ts';
import { graphOps } from '../lower/graph-ops.ts';
import type { GradientOptions } from '../lower/graph-ops.ts';

/** The purpose of a graph. */
export type GraphPurpose = 'log-probs' | 'logits' | LossForm;

/** A graph and the parameters it reads. */
export interface ModelGraph {
  readonly model: GraphBuilder;
  /** Inputs that are parameters, by published name. */
  readonly parameters: readonly string[];
  /** Parameters that have an output `gradient/<name>`. */
  readonly gradients: readonly string[];
  /** Outputs that runs keep in the store; by default none. See `SessionParts`. */
  readonly kept?: readonly string[];
}

/** The output that holds a parameter's gradient. */
export function gradientOutput(parameter: string): string {
  return `gradient/${parameter}`;
}

/** A graph under construction, with the model's operations and the parameters used so far. */
export interface Assembly {
  readonly graph: GraphBuilder;
  readonly ops: TensorOps<Value>;
  /** A parameter by name, an input of the graph. */
  readonly parameter: (name: string) => Value;
  readonly declare: DeclareInput<Value>;
  readonly used: Map<string, Value>;
}

/** A graph in which a parameter becomes an input at its first use. */
export function assemble(
  specs: readonly ParameterSpec[],
  lowering: LoweringName,
  gradient: GradientOptions = {},
): Assembly {
  const graph = new GraphBuilder();
  const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
  const used = new Map<string, Value>();
  const parameter = (name: string) => {
    const existing = used.get(name);
    if (existing) return existing;
    const input = graph.input(name, shapes.get(name)!);
    used.set(name, input);
    return input;
  };
  const declare: DeclareInput<Value> = (name, shape, type) => graph.input(name, shape, type);
  return { graph, ops: graphOps(graph, lowering, gradient), parameter, declare, used };
}

/** A graph of a model under construction. */
export interface ModelAssembly extends Assembly {
  readonly weights: Weights<Value>;
}

/** A graph in which the parameters of a model become inputs as they are used. */
export function assembleModel(
  tuned: TunedModel,
  lowering: LoweringName,
  gradient: GradientOptions = {},
): ModelAssembly {
  const assembly = assemble(everyParameter(tuned), lowering, gradient);
  return { ...assembly, weights: weightsOf(tuned, assembly.parameter) };
}

/**
 * The graph of one layout. Outputs: `logProbs [groups · completions, completionLength]` and, where the readout has them, `entropies` of
 * that shape, or `logits` at the prompt positions; for a loss also `loss` and the gradient of every parameter it depends on.
 */
export function modelGraph(
  tuned: TunedModel,
  layout: BatchLayout,
  purpose: GraphPurpose,
  lowering: LoweringName,
  gradient: GradientOptions = {},
  readout: TokenReadout = PLAIN_READOUT,
): ModelGraph {
  const { graph, ops, weights, declare, used } = assembleModel(tuned, lowering, gradient);
  const { graphs } = tuned.model;
  if (purpose === 'logits') {
    graph.output(graphs.logits(ops, weights, layout, declare), 'logits');
    return { model: graph, parameters: [...used.keys()], gradients: [] };
  }
  const figures = graphs.figures(ops, weights, layout, declare, readout);
  const { logProbs, entropies } = figures;
  graph.output(logProbs, 'logProbs');
  if (entropies) graph.output(entropies, 'entropies');
  if (purpose === 'log-probs') {
    return { model: graph, parameters: [...used.keys()], gradients: [] };
  }
  const loss = lossOf(graphElementOps(graph), purpose, figures, logProbs.shape, declare);
  graph.output(loss, 'loss');
  const trained = new Set(splitParameters(tuned).trained.map(({ name }) => name));
  const differentiated = outputGradients(graph, loss, used, (name) => trained.has(name));
  return { model: graph, ...differentiated };
}

/** The figures of tokens among the outputs of a run. */
export function figuresOf({ logProbs, entropies }: Readonly<Record<string, ReturnedTensor>>): {
  readonly logProbs: Float32Array;
  readonly entropies?: Float32Array | undefined;
} {
  return {
    logProbs: logProbs!.data as Float32Array,
    entropies: entropies?.data as Float32Array | undefined,
  };
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

/** Names of the outputs of `visionGraph`: the features, then the levels beside them. */
export function featureOutputs({ levels }: VisionSizes): readonly string[] {
  return ['features', ...Array.from({ length: levels }, (_, level) => `level.${level}`)];
}

/** The vision tower alone, its outputs `[merged tokens, hidden]` in the tower's own order. */
export function visionGraph(
  tuned: TunedModel,
  layout: MediaLayout,
  lowering: LoweringName,
): ModelGraph {
  const { graph, ops, weights, declare, used } = assembleModel(tuned, lowering);
  const { features, levels } = tuned.model.graphs.features(ops, weights, layout, declare);
  const outputs = featureOutputs(tuned.model.vision);
  [features, ...levels].forEach((value, index) => graph.output(value, outputs[index]!));
  return { model: graph, parameters: [...used.keys()], gradients: [] };
}
