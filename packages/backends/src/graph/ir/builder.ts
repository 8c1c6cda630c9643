/**
 * Builds an ONNX graph of static shapes and remembers, on a tape, how each operation is differentiated. The operations
 * themselves are functions under `rules/`; writing bytes is `serialize.ts`, walking the tape `backward.ts`.
 */
import type { ConstantData, ElementType, Shape, Value } from './value.ts';
import { sizeOf } from './value.ts';

/** An attribute of a node. Plain numbers are integers; floats are marked. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly graph: GraphBuilder };

/** An ONNX operation; an absent optional input is undefined. */
export interface GraphNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/**
 * Vector-Jacobian product: from the gradients of the outputs (undefined where there is none) to those of the inputs.
 * `needed` marks the inputs that need a gradient; the rest may be undefined.
 */
export type VectorJacobianProduct = (
  outputGradients: readonly (Value | undefined)[],
  needed: readonly boolean[],
) => readonly (Value | undefined)[];

/** One differentiable operation, primitive or composite. */
export interface TapeEntry {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly vjp: VectorJacobianProduct;
}

/** Domain of ONNX Runtime's own operations. */
export const MICROSOFT = 'com.microsoft';

interface Constant {
  readonly value: Value;
  readonly data: ConstantData;
}

/** The outputs of a node. */
interface OutputSpec {
  readonly shape: Shape;
  readonly type?: ElementType;
}

/** A graph under construction. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly inputs: Value[] = [];
  readonly constants: Constant[] = [];
  readonly outputs: { readonly name: string; readonly value: Value }[] = [];
  readonly #prefix: string;
  readonly #shared = new Map<string, Value>();
  #tape: TapeEntry[] = [];
  #names = 0;
  #recording = true;

  /** @param prefix keeps the names of a subgraph apart from those of the graph around it. */
  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  /** The recorded operations, in order. */
  get tape(): readonly TapeEntry[] {
    return this.#tape;
  }

  /** Declares an input of the graph. */
  input(name: string, shape: Shape, type: ElementType = 'float32'): Value {
    const value: Value = { name, shape, type };
    this.inputs.push(value);
    return value;
  }

  /** A tensor stored in the graph; a given name is also its name in ONNX Runtime. */
  constant(
    data: ConstantData,
    shape: Shape,
    type: ElementType = elementTypeOf(data),
    name = this.#uniqueName('constant'),
  ): Value {
    if (data.length !== sizeOf(shape)) {
      throw new Error(`constant of shape [${shape.join(', ')}] was given ${data.length} elements`);
    }
    const value: Value = { name, shape, type };
    this.constants.push({ value, data });
    return value;
  }

  /** A float32 scalar, stored once however often it is used. */
  scalar(number: number): Value {
    return this.#once(`float:${number}`, () => this.constant(Float32Array.of(number), []));
  }

  /** A list of int64, the form of shapes, axes and bounds. */
  integers(list: readonly number[]): Value {
    return this.#once(`int64:${list.join()}`, () =>
      this.constant(BigInt64Array.from(list, BigInt), [list.length]),
    );
  }

  /** A float32 tensor of zeros. */
  zeros(shape: Shape): Value {
    return this.#once(`zeros:${shape.join()}`, () =>
      this.emit('Expand', [this.scalar(0), this.integers(shape)], shape),
    );
  }

  /** Adds a node with one output. The tape does not change: see `record`. */
  emit(
    op: string,
    inputs: readonly (Value | undefined)[],
    shape: Shape,
    attributes: Readonly<Record<string, Attribute>> = {},
    options: { readonly domain?: string; readonly type?: ElementType } = {},
  ): Value {
    const output = { shape, ...(options.type ? { type: options.type } : {}) };
    return this.emitMany(op, inputs, [output], attributes, options.domain)[0]!;
  }

  /** Adds a node with several outputs; their default type is that of the first input. */
  emitMany(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly OutputSpec[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value[] {
    const made = outputs.map(({ shape, type }): Value => ({
      name: this.#uniqueName(op),
      shape,
      type: type ?? inputs[0]?.type ?? 'float32',
    }));
    this.nodes.push({ op, domain, inputs, outputs: made, attributes });
    return made;
  }

  /** Records how the outputs are differentiated with respect to the inputs. */
  record(entry: TapeEntry): void {
    if (this.#recording) this.#tape.push(entry);
  }

  /** Builds several nodes that count as one operation with a gradient of its own: the tape does not record the operations of `build`. */
  composite<Built extends Value>(
    inputs: readonly Value[],
    build: () => Built,
    vjp: (gradient: Value, needed: readonly boolean[]) => readonly (Value | undefined)[],
  ): Built {
    const built = this.withoutTape(build);
    this.record({ inputs, outputs: [built], vjp: ([gradient], needed) => vjp(gradient!, needed) });
    return built;
  }

  /** Runs `build` without recording, as for gradients. */
  withoutTape<Built>(build: () => Built): Built {
    const before = this.#recording;
    this.#recording = false;
    try {
      return build();
    } finally {
      this.#recording = before;
    }
  }

  /** Runs `build` with a tape of its own, separate from the graph's. */
  onOwnTape<Built>(build: () => Built): {
    readonly built: Built;
    readonly tape: readonly TapeEntry[];
  } {
    const before = [this.#tape, this.#recording] as const;
    const tape: TapeEntry[] = [];
    [this.#tape, this.#recording] = [tape, true];
    try {
      return { built: build(), tape };
    } finally {
      [this.#tape, this.#recording] = before;
    }
  }

  /** Declares an output of the graph. */
  output(value: Value, name: string): void {
    this.outputs.push({ name, value });
  }

  #uniqueName(hint: string): string {
    return `${this.#prefix}${hint}_${this.#names++}`;
  }

  #once(key: string, make: () => Value): Value {
    const existing = this.#shared.get(key);
    if (existing) return existing;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }
}

function elementTypeOf(data: ConstantData): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  return data instanceof BigInt64Array ? 'int64' : 'uint8';
}
