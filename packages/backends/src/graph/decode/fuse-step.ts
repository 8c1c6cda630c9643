/**
 * Rewrites the step of a decoding loop so that it takes fewer and larger operations; in a step of few rows, starting operations takes most
 * of the time. Works on the nodes of any model.
 */
import type { GraphBuilder, GraphNode } from '../ir/builder.ts';
import { MICROSOFT } from '../ir/builder.ts';
import type { Shape, Value } from '../ir/value.ts';

/** A constant of a session that stacks parameters, one below the other. */
export interface JoinedParameter {
  readonly name: string;
  readonly shape: Shape;
  /** Published names, in order. */
  readonly parts: readonly string[];
}

/**
 * Joins linear layers that read the same rows into one product, whose columns are then split.
 *
 * @param graph changed in place.
 * @param isConstant whether a value is a parameter that is a constant of the session.
 * @returns the weights and biases that replace the joined ones.
 */
export function joinLinears(
  graph: GraphBuilder,
  isConstant: (value: Value) => boolean,
): readonly JoinedParameter[] {
  const joined: JoinedParameter[] = [];
  const join = (values: readonly Value[]): Value => {
    const parts = values.map(({ name }) => name);
    const rows = values.reduce((sum, { shape }) => sum + shape[0]!, 0);
    const shape = [rows, ...values[0]!.shape.slice(1)];
    const name = parts.join(' + ');
    joined.push({ name, shape, parts });
    return { name, shape, type: 'float32' };
  };
  for (const nodes of linearsByInput(graph, isConstant)) {
    const [input] = nodes[0]!.inputs;
    const operand = (place: number) => join(nodes.map(({ inputs }) => inputs[place]!));
    const operands = nodes[0]!.inputs.slice(1).map((_, index) => operand(index + 1));
    const widths = nodes.map(({ outputs }) => outputs[0]!.shape[1]!);
    const before = graph.nodes.indexOf(nodes[0]!);
    const after = graph.nodes.length;
    const product = graph.emit(
      'Gemm',
      [input, ...operands],
      [input!.shape[0]!, widths.reduce((sum, width) => sum + width, 0)],
      nodes[0]!.attributes,
    );
    const split: GraphNode = {
      op: 'Split',
      domain: '',
      inputs: [product, graph.integers(widths)],
      outputs: nodes.map(({ outputs }) => outputs[0]!),
      attributes: { axis: 1 },
    };
    const made = [...graph.nodes.splice(after), split];
    graph.nodes.splice(before, 1, ...made);
    for (const node of nodes.slice(1)) graph.nodes.splice(graph.nodes.indexOf(node), 1);
  }
  return joined;
}

/** Linear layers of constants that read the same rows, where there are several. */
function linearsByInput(
  { nodes }: GraphBuilder,
  isConstant: (value: Value) => boolean,
): readonly (readonly GraphNode[])[] {
  const found = new Map<Value, Map<number, GraphNode[]>>();
  for (const node of nodes) {
    const { op, inputs, attributes } = node;
    const [rows, ...parameters] = inputs;
    const isLinear = op === 'Gemm' && attributes['transB'] === 1 && attributes['transA'] === 0;
    if (!isLinear || !parameters.every((value) => value && isConstant(value))) continue;
    const alike = found.get(rows!) ?? new Map<number, GraphNode[]>();
    found.set(rows!, alike);
    alike.set(inputs.length, [...(alike.get(inputs.length) ?? []), node]);
  }
  return [...found.values()].flatMap((alike) =>
    [...alike.values()].filter(({ length }) => length > 1),
  );
}

/**
 * Joins each addition with the root-mean-square norm that reads its sum, as ONNX Runtime's `SkipSimplifiedLayerNormalization`
 * does both. Norms of another lowering stay unchanged.
 *
 * @param graph changed in place.
 */
export function joinNorms(graph: GraphBuilder): void {
  for (const norm of graph.nodes.filter(({ op }) => op === 'SimplifiedLayerNormalization')) {
    const [sum, weight] = norm.inputs;
    const addition = graph.nodes.find(({ op, outputs }) => op === 'Add' && outputs[0] === sum);
    const isPlain = addition?.inputs.every((value) => value?.shape.join() === sum!.shape.join());
    if (!addition || !isPlain || sum!.shape.length !== 2) continue;
    const [output, ...statistics] = norm.outputs;
    const unused: Value = { ...statistics[0]!, name: `${output!.name}.mean` };
    graph.nodes.splice(graph.nodes.indexOf(norm), 1);
    graph.nodes.splice(graph.nodes.indexOf(addition), 1, {
      op: 'SkipSimplifiedLayerNormalization',
      domain: MICROSOFT,
      inputs: [...addition.inputs, weight],
      outputs: [output!, unused, statistics[0]!, sum!],
      attributes: { epsilon: norm.attributes['epsilon']! },
    });
  }
}
