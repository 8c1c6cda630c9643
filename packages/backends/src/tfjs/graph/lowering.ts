/** Helpers for translating an operation to TensorFlow. */
import type { Attribute, GraphNode } from '../../graph/ir/builder.ts';
import type { Value } from '../../graph/ir/value.ts';
import type { Attributes, DataType } from './messages.ts';
import type { Ref, Scope } from './scope.ts';

/** A node under translation, with its inputs. */
export interface Operation {
  readonly node: GraphNode;
  readonly scope: Scope;
  /** Its inputs; absent ones are left out at the end, never in between. */
  readonly inputs: readonly Ref[];
  /** The integers of an input that is a constant. */
  integers(input: number): readonly number[] | undefined;
  /** The node that makes an input, if it is in this scope. */
  maker(input: number): GraphNode | undefined;
  /** The place of a value. */
  refOf(value: Value): Ref;
  /** Makes a value once for all nodes of the scope with the same key. */
  once(key: string, make: () => Ref): Ref;
}

/** Translates a node to its outputs, in order. */
export type Translation = (operation: Operation) => readonly Ref[];

/** Adds an operation of one output, by default of the type of its first input. */
export function emit(
  { scope }: Pick<Operation, 'scope'>,
  op: string,
  inputs: readonly Ref[],
  attributes: Attributes = {},
  type: DataType = inputs[0]!.type,
): Ref {
  const all = { T: { type: inputs[0]!.type }, ...attributes };
  return scope.add(op, inputs, all, [type])[0]!;
}

/** An element-wise product. */
export function mul(operation: Pick<Operation, 'scope'>, a: Ref, b: Ref): Ref {
  return emit(operation, 'Mul', [a, b]);
}

/** The attribute for the integer type of indices. */
export function indexed(name: string): Attributes {
  return { [name]: { type: 'int32' } };
}

/** A number among the attributes of a node. */
export function numberOf(node: GraphNode, name: string, fallback: number): number {
  const value: Attribute | undefined = node.attributes[name];
  if (typeof value === 'number') return value;
  return typeof value === 'object' && 'float' in value ? value.float : fallback;
}

/** The same elements under another shape. */
export function reshaped(
  operation: Pick<Operation, 'scope'>,
  x: Ref,
  shape: readonly number[],
): Ref {
  return emit(operation, 'Reshape', [x, operation.scope.integers(shape)], indexed('Tshape'));
}

/** Parts one after another along an axis. */
export function joined(
  operation: Pick<Operation, 'scope'>,
  parts: readonly Ref[],
  axis: number,
): Ref {
  if (parts.length === 1) return parts[0]!;
  return emit(operation, 'ConcatV2', [...parts, operation.scope.integers(axis)], {
    N: { integer: parts.length },
    ...indexed('Tidx'),
  });
}

/** The elements at `indices` along an axis; with batch dimensions, at the indices of their own row. */
export function gathered(
  operation: Pick<Operation, 'scope'>,
  x: Ref,
  indices: Ref,
  axis: number,
  batchDims = 0,
): Ref {
  return operation.scope.add(
    'GatherV2',
    [x, indices, operation.scope.integers(axis)],
    {
      Tparams: { type: x.type },
      Tindices: { type: 'int32' },
      Taxis: { type: 'int32' },
      batch_dims: { integer: batchDims },
    },
    [x.type],
  )[0]!;
}
