/** Writes a built graph as an ONNX model. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, ModelProtoSchema } from 'onnx-buf';
import type { AttributeProtoSchema, GraphProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import type { Attribute, GraphBuilder, GraphNode } from './builder.ts';
import { MICROSOFT } from './builder.ts';
import { ELEMENT_TYPES } from './value.ts';
import type { ConstantData, Value } from './value.ts';

/** Operator set of the graphs. */
const OPSET = 21n;
const IR_VERSION = 10n;

function bytesOf(data: ConstantData): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.slice().buffer as ArrayBuffer);
}

function valueInfo(name: string, value: Value): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = value.shape.map((length, axis) => ({
    value:
      length < 0
        ? { case: 'dimParam' as const, value: `${name}.${axis}` }
        : { case: 'dimValue' as const, value: BigInt(length) },
  }));
  return {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: { elemType: ELEMENT_TYPES[value.type], shape: { dim } },
      },
    },
  };
}

function attribute(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  const types = AttributeProto_AttributeType;
  if (typeof value === 'number') return { name, type: types.INT, i: BigInt(value) };
  if (typeof value === 'string') {
    return { name, type: types.STRING, s: new TextEncoder().encode(value) };
  }
  if ('graph' in value) return { name, type: types.GRAPH, g: graphMessage(value.graph) };
  if ('float' in value) return { name, type: types.FLOAT, f: value.float };
  return { name, type: types.INTS, ints: value.map(BigInt) };
}

/** Values that a node reads, including outer values of its subgraphs. */
function valuesRead({ inputs, attributes }: GraphNode): Value[] {
  const inner = Object.values(attributes).flatMap((attribute) =>
    typeof attribute === 'object' && 'graph' in attribute
      ? [
          ...attribute.graph.nodes.flatMap(valuesRead),
          ...attribute.graph.outputs.map(({ value }) => value),
        ]
      : [],
  );
  return [...inputs.filter((value) => value !== undefined), ...inner];
}

/** The nodes that outputs depend on; ONNX Runtime would run the others too. */
function nodesNeeded(graph: GraphBuilder): GraphNode[] {
  const needed = new Set(graph.outputs.map(({ value }) => value));
  const kept = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const value of valuesRead(node)) needed.add(value);
    return true;
  });
  return kept.reverse();
}

function graphMessage(graph: GraphBuilder): MessageInitShape<typeof GraphProtoSchema> {
  const nodes = nodesNeeded(graph);
  // A value that is an output takes the output's name. Only a value with two names needs an Identity.
  const produced = new Set(nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<Value, string>();
  const copies: { readonly value: Value; readonly name: string }[] = [];
  for (const { name, value } of graph.outputs) {
    if (produced.has(value) && !renamed.has(value)) renamed.set(value, name);
    else copies.push({ value, name });
  }
  const nameOf = (value: Value | undefined) => (value ? (renamed.get(value) ?? value.name) : '');
  return {
    name: 'graph',
    input: graph.inputs.map((value) => valueInfo(value.name, value)),
    output: graph.outputs.map(({ name, value }) => valueInfo(name, value)),
    initializer: graph.constants.map(({ value, data }) => ({
      name: value.name,
      dims: value.shape.map(BigInt),
      dataType: ELEMENT_TYPES[value.type],
      rawData: bytesOf(data),
    })),
    node: [
      ...nodes.map(({ op, domain, inputs, outputs, attributes }, index) => ({
        name: `${op}_${index}`,
        opType: op,
        domain,
        input: inputs.map(nameOf),
        output: outputs.map(nameOf),
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      })),
      ...copies.map(({ value, name }) => ({
        name: `copy_${name}`,
        opType: 'Identity',
        input: [nameOf(value)],
        output: [name],
      })),
    ],
  };
}

/** The bytes of a model with this graph, for `InferenceSession.create`. */
export function serialize(graph: GraphBuilder): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: 'loci',
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: MICROSOFT, version: 1n },
      ],
      graph: graphMessage(graph),
    }),
  );
}
