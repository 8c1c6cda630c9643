/** Collects the nodes of a TensorFlow graph, or of a function in it. */
import { sizeOf } from '../../ops/shape.ts';
import type { Attributes, DataType, NodeMessage } from './messages.ts';

/** An output of a node, or an argument of the function around it. */
export interface Ref {
  readonly node: string;
  /** Name of the output in the operation's definition; absent for an argument. */
  readonly port?: string;
  /** Place among the outputs of that name, and among all outputs of the node. */
  readonly index: number;
  readonly flat: number;
  readonly type: DataType;
}

/** Outputs of operations by the name in their definition; all others have one, named `output`. */
const PORTS: Readonly<Record<string, string | readonly string[]>> = {
  ...Object.fromEntries(
    ['AddV2', 'Sub', 'Mul', 'RealDiv', 'Minimum', 'Maximum', 'LogicalAnd', 'LogicalOr'].map(
      (op) => [op, 'z'],
    ),
  ),
  ...Object.fromEntries(
    ['Less', 'LessEqual', 'Equal', 'Greater', 'GreaterEqual'].map((op) => [op, 'z']),
  ),
  ...Object.fromEntries(
    ['Neg', 'Exp', 'Log', 'Sqrt', 'Rsqrt', 'Sigmoid', 'Erf', 'Square', 'Cast', 'LogicalNot'].map(
      (op) => [op, 'y'],
    ),
  ),
  Transpose: 'y',
  MatMul: 'product',
  Softmax: 'softmax',
  LogSoftmax: 'logsoftmax',
  Cumsum: 'out',
  AddN: 'sum',
  ReluGrad: 'backprops',
  TopKV2: ['values', 'indices'],
};

/** Nodes that belong together: those of the graph, or of one function. */
export class Scope {
  readonly nodes: NodeMessage[] = [];
  readonly #kind: 'graph' | 'function';
  readonly #constants = new Map<string, Ref>();

  constructor(kind: 'graph' | 'function') {
    this.#kind = kind;
  }

  /** The name by which a node of this scope, or a function's result, refers to a source. */
  nameOf({ node, port, index, flat }: Ref): string {
    if (this.#kind === 'graph') return flat === 0 ? node : `${node}:${flat}`;
    return port === undefined ? node : `${node}:${port}:${index}`;
  }

  /**
   * Adds a node.
   *
   * @param types element types of its outputs.
   * @param name must be free; by default a new one.
   */
  add(
    op: string,
    inputs: readonly Ref[],
    attributes: Attributes,
    types: readonly DataType[],
    name = `${op}_${this.nodes.length}`,
  ): Ref[] {
    this.nodes.push({ name, op, inputs: inputs.map((ref) => this.nameOf(ref)), attributes });
    const ports = PORTS[op] ?? 'output';
    return types.map((type, flat) =>
      typeof ports === 'string'
        ? { node: name, port: ports, index: flat, flat, type }
        : { node: name, port: ports[flat]!, index: 0, flat, type },
    );
  }

  /** An input that a run feeds. */
  placeholder(name: string, type: DataType, shape: readonly number[]): Ref {
    return this.add('Placeholder', [], { dtype: { type }, shape: { shape } }, [type], name)[0]!;
  }

  constant(data: Float32Array | Int32Array | Uint8Array, shape: readonly number[], type: DataType) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const tensor = { type, shape, bytes };
    return this.add('Const', [], { dtype: { type }, value: { tensor } }, [type])[0]!;
  }

  /** An int32 vector, or a scalar of a single number; stored once however often it is used. */
  integers(values: readonly number[] | number): Ref {
    const key = JSON.stringify(values);
    const list = typeof values === 'number' ? [values] : values;
    const shape = typeof values === 'number' ? [] : [list.length];
    return this.#once(key, () => this.constant(Int32Array.from(list), shape, 'int32'));
  }

  /** A float32 scalar, stored once. */
  scalar(value: number): Ref {
    return this.#once(`float ${value}`, () => this.constant(Float32Array.of(value), [], 'float32'));
  }

  /** A float32 tensor of one value throughout. */
  filled(value: number, shape: readonly number[]): Ref {
    if (sizeOf(shape) === 0) return this.constant(new Float32Array(0), shape, 'float32');
    const index = { T: { type: 'float32' }, Tidx: { type: 'int32' } } as const;
    const inputs = [this.scalar(value), this.integers(shape)];
    return this.add('BroadcastTo', inputs, index, ['float32'])[0]!;
  }

  #once(key: string, make: () => Ref): Ref {
    const existing = this.#constants.get(key);
    if (existing) return existing;
    const made = make();
    this.#constants.set(key, made);
    return made;
  }
}
