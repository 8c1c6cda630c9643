/**
 * Translates a built graph to a TensorFlow SavedModel: the same nodes, with TensorFlow's operations. Integers are int32 throughout. An ONNX
 * `Loop` becomes a `While` with functions for its condition and body.
 */
import { LociError } from '@loci/core';
import type { GraphBuilder, GraphNode } from '../../graph/ir/builder.ts';
import type { ConstantData, ElementType, Value } from '../../graph/ir/value.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { LAYERS } from './layers.ts';
import type { Operation } from './lowering.ts';
import { writeSavedModel } from './messages.ts';
import type { DataType, FunctionMessage } from './messages.ts';
import { MOVEMENT } from './movement.ts';
import { Scope } from './scope.ts';
import type { Ref } from './scope.ts';
import { TransposedWeights, valuesRead } from './weights.ts';
import type { SessionInput } from './weights.ts';
import { translateLoop } from './while.ts';
import type { GraphTranslator } from './while.ts';

const TRANSLATIONS = { ...ARITHMETIC, ...LAYERS, ...MOVEMENT };

/** The type of TensorFlow that holds elements of a type. */
function dataTypeOf(type: ElementType): DataType {
  return type === 'int64' ? 'int32' : type;
}

/** Elements as TensorFlow holds them; integers beyond int32 become the nearest. */
function elementsOf(data: ConstantData): Float32Array | Int32Array | Uint8Array {
  if (!(data instanceof BigInt64Array)) return data;
  return Int32Array.from(data, (value) =>
    Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Number(value))),
  );
}

/** Translates graphs into scopes, and collects functions in one library. */
export class Translator implements GraphTranslator {
  readonly functions: FunctionMessage[] = [];
  /** The node to translate in place of another. */
  readonly rewritten: (node: GraphNode) => GraphNode;

  constructor(rewritten: (node: GraphNode) => GraphNode) {
    this.rewritten = rewritten;
  }

  /**
   * Adds the constants and nodes of a graph to a scope.
   *
   * @param found the places of values, at first the fed ones; grows.
   */
  translate(graph: GraphBuilder, scope: Scope, found: Map<Value, Ref>): void {
    const integers = new Map<Value, readonly number[]>();
    const made = new Map<string, Ref>();
    const makers = new Map<Value, GraphNode>();
    for (const { value, data } of graph.constants) {
      if (data instanceof BigInt64Array) integers.set(value, Array.from(data, Number));
      found.set(value, scope.constant(elementsOf(data), value.shape, dataTypeOf(value.type)));
    }
    const refOf = (value: Value): Ref => {
      const ref = found.get(value);
      if (!ref) throw new LociError('engine-failed', `the graph has no value "${value.name}"`);
      return ref;
    };
    for (const node of graph.nodes.map(this.rewritten)) {
      const given = node.inputs.filter((input) => input !== undefined);
      const operation: Operation = {
        node,
        scope,
        inputs: given.map(refOf),
        refOf,
        integers: (input) => integers.get(given[input]!),
        maker: (input) => makers.get(given[input]!),
        once: (key, make) => {
          const ref = made.get(key) ?? make();
          made.set(key, ref);
          return ref;
        },
      };
      const refs = this.#translateNode(operation);
      node.outputs.forEach((output, index) => {
        found.set(output, refs[index]!);
        makers.set(output, node);
      });
    }
  }

  #translateNode(operation: Operation): readonly Ref[] {
    const { op } = operation.node;
    if (op === 'Loop') return translateLoop(this, operation);
    const translation = TRANSLATIONS[op];
    if (translation) return translation(operation);
    throw new LociError('engine-failed', `the operation ${op} has no translation to TensorFlow`);
  }
}

/** A graph for TensorFlow. */
export interface SavedModel {
  /** A `saved_model.pb`. */
  readonly bytes: Uint8Array;
  /** Its placeholders. Unused inputs have none. */
  readonly inputs: readonly SessionInput[];
  /** From an output's name to its node. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Translates a graph. @throws LociError `engine-failed` for an operation without translation. */
export function savedModel(graph: GraphBuilder): SavedModel {
  const weights = new TransposedWeights(graph);
  const translator = new Translator((node) => weights.rewritten(node));
  const scope = new Scope('graph');
  const found = new Map<Value, Ref>();
  const read = valuesRead(graph, translator.rewritten);
  const inputs = weights
    .inputsOf(graph)
    .filter(({ value }) => read.has(value))
    .map(({ value, ...from }, index): SessionInput => {
      const node = `input_${index}`;
      found.set(value, scope.placeholder(node, dataTypeOf(value.type), value.shape));
      return { node, ...from };
    });
  translator.translate(graph, scope, found);
  const outputs = graph.outputs.map(({ name, value }, index): [string, string] => {
    const ref = found.get(value)!;
    const node = `output_${index}`;
    scope.add('Identity', [ref], { T: { type: ref.type } }, [ref.type], node);
    return [name, node];
  });
  const bytes = writeSavedModel(scope.nodes, translator.functions);
  return { bytes, inputs, outputs: new Map(outputs) };
}
