/**
 * Feeds weights in the layout of fast products. Published weights are `[out, in]` and transposed in products, which costs TensorFlow up to
 * ten times as much for few rows. Instead their transposes are computed once and fed.
 */
import type { GraphBuilder, GraphNode } from '../../graph/ir/builder.ts';
import { sizeOf } from '../../graph/ir/value.ts';
import type { Value } from '../../graph/ir/value.ts';
import { numberOf } from './lowering.ts';

/** A placeholder: its input, and whether that is transposed first. */
export interface SessionInput {
  readonly node: string;
  readonly feed: string;
  readonly transposed: boolean;
}

/** The most memory for transposes beside the weights. */
const MOST_TRANSPOSED_BYTES = 512 * 2 ** 20;

/** The subgraphs of a node. */
function subgraphsOf(node: GraphNode): GraphBuilder[] {
  return Object.values(node.attributes).flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? [value.graph] : [],
  );
}

function allNodes(graph: GraphBuilder): GraphNode[] {
  return graph.nodes.flatMap((node) => [node, ...subgraphsOf(node).flatMap(allNodes)]);
}

/** The weight inputs of linear layers in a graph, and their transposes. */
export class TransposedWeights {
  readonly #twins: ReadonlyMap<Value, Value>;

  constructor(graph: GraphBuilder) {
    const inputs = new Set(graph.inputs);
    const weights = allNodes(graph).flatMap(({ op, inputs: [, weight], attributes }) =>
      op === 'Gemm' && attributes['transB'] === 1 && weight && inputs.has(weight) ? [weight] : [],
    );
    const twins = [...new Set(weights)].map((weight): [Value, Value] => {
      const name = `transposed/${weight.name}`;
      return [weight, { ...weight, name, shape: weight.shape.toReversed() }];
    });
    const bytes = 4 * twins.reduce((sum, [{ shape }]) => sum + sizeOf(shape), 0);
    this.#twins = new Map(bytes > MOST_TRANSPOSED_BYTES ? [] : twins);
  }

  /** The node with transposes as inputs where possible; most nodes stay unchanged. */
  rewritten(node: GraphNode): GraphNode {
    const twin = node.op === 'Gemm' ? this.#twins.get(node.inputs[1]!) : undefined;
    if (!twin || numberOf(node, 'transB', 0) === 0) return node;
    const [x, , bias] = node.inputs;
    const inputs = bias ? [x, twin, bias] : [x, twin];
    return { ...node, inputs, attributes: { ...node.attributes, transB: 0 } };
  }

  /** Values that runs may feed: the inputs of the graph, and the transposes. */
  inputsOf(graph: GraphBuilder): (Omit<SessionInput, 'node'> & { readonly value: Value })[] {
    return graph.inputs.flatMap((value) => {
      const twin = this.#twins.get(value);
      const feed = value.name;
      const own = { value, feed, transposed: false };
      return twin ? [own, { value: twin, feed, transposed: true }] : [own];
    });
  }
}

/** Values that the nodes and outputs of a graph read, and the graphs in it. */
export function valuesRead(
  graph: GraphBuilder,
  rewritten: (node: GraphNode) => GraphNode,
): Set<Value> {
  const read = new Set<Value>(graph.outputs.map(({ value }) => value));
  for (const node of graph.nodes) {
    for (const input of rewritten(node).inputs) if (input) read.add(input);
    for (const inner of subgraphsOf(node)) {
      for (const value of valuesRead(inner, rewritten)) read.add(value);
    }
  }
  return read;
}
