/** Translates operations that move elements to TensorFlow: shapes, slices, picking and scattering by index. */
import { LociError } from '@loci/core';
import { sizeOf } from '../../ops/shape.ts';
import { emit, gathered, indexed, joined, numberOf, reshaped } from './lowering.ts';
import type { Operation, Translation } from './lowering.ts';
import type { Ref } from './scope.ts';

const INT32_MAX = 2 ** 31 - 1;

/** `Slice` along one axis, whose bounds may only be known in a run. */
function sliced(operation: Operation): readonly Ref[] {
  const { node, inputs, scope } = operation;
  const [x, from, to] = inputs as [Ref, Ref, Ref];
  const axis = operation.integers(3)?.[0] ?? 0;
  const bound = (input: number, ref: Ref) => {
    const known = operation.integers(input);
    const lead = new Array<number>(axis).fill(0);
    if (known) return scope.integers([...lead, Math.min(known[0]!, INT32_MAX)]);
    return axis === 0 ? ref : joined(operation, [scope.integers(lead), ref], 0);
  };
  const whole = 2 ** axis - 1;
  return [
    emit(
      operation,
      'StridedSlice',
      [x, bound(1, from), bound(2, to), scope.integers(new Array<number>(axis + 1).fill(1))],
      {
        Index: { type: 'int32' },
        begin_mask: { integer: whole },
        end_mask: { integer: whole },
        ellipsis_mask: { integer: 0 },
        new_axis_mask: { integer: 0 },
        shrink_axis_mask: { integer: 0 },
      },
      node.outputs[0]!.type === 'int64' ? 'int32' : x.type,
    ),
  ];
}

function split(operation: Operation): readonly Ref[] {
  const { node, inputs, scope } = operation;
  const count = node.outputs.length;
  const { type } = inputs[0]!;
  return scope.add(
    'SplitV',
    [...inputs.slice(0, 2), scope.integers(numberOf(node, 'axis', 0))],
    { T: { type }, Tlen: { type: 'int32' }, num_split: { integer: count } },
    new Array<typeof type>(count).fill(type),
  );
}

/** Updates of elements by index, added up or put in place. */
function scattered(operation: Operation, base: Ref, indices: Ref, updates: Ref): Ref {
  const adds = operation.node.attributes['reduction'] === 'add';
  const op = adds ? 'TensorScatterAdd' : 'TensorScatterUpdate';
  return emit(operation, op, [base, indices, updates], indexed('Tindices'));
}

/**
 * `ScatterElements`. Along rows the index is one number for each row, repeated over the columns: whole rows are added. Along columns
 * every element has its index.
 */
function scatterElements(operation: Operation): readonly Ref[] {
  const { node, inputs, scope } = operation;
  const [base, indices, updates] = inputs as [Ref, Ref, Ref];
  const count = sizeOf(node.inputs[1]!.shape);
  const [rows, columns] = node.inputs[1]!.shape as [number, number];
  if (numberOf(node, 'axis', 0) === 1) {
    const row = Int32Array.from({ length: count }, (_, at) => Math.floor(at / columns));
    const places = joined(
      operation,
      [scope.constant(row, [count, 1], 'int32'), reshaped(operation, indices, [count, 1])],
      1,
    );
    return [scattered(operation, base, places, reshaped(operation, updates, [count]))];
  }
  const spread = operation.maker(1);
  const column = spread?.op === 'Expand' ? spread.inputs[0] : undefined;
  if (column?.shape[0] !== rows || column.shape[1] !== 1) {
    throw new LociError(
      'engine-failed',
      'scattering rows by an index for each element is not supported',
    );
  }
  return [scattered(operation, base, operation.refOf(column), updates)];
}

/** The translations, by ONNX operation. */
export const MOVEMENT: Readonly<Record<string, Translation>> = {
  Reshape: (operation) => [emit(operation, 'Reshape', operation.inputs, indexed('Tshape'))],
  Expand: (operation) => [emit(operation, 'BroadcastTo', operation.inputs, indexed('Tidx'))],
  Transpose: (operation) => {
    const order = operation.node.attributes['perm'] as readonly number[];
    const inputs = [operation.inputs[0]!, operation.scope.integers(order)];
    return [emit(operation, 'Transpose', inputs, indexed('Tperm'))];
  },
  Concat: (operation) => [joined(operation, operation.inputs, numberOf(operation.node, 'axis', 0))],
  Slice: sliced,
  Split: split,
  Shape: (operation) => {
    const { node, inputs, scope } = operation;
    const types = { T: { type: inputs[0]!.type }, out_type: { type: 'int32' } } as const;
    const shape = scope.add('Shape', inputs, types, ['int32'])[0]!;
    const [start, end] = [
      numberOf(node, 'start', 0),
      numberOf(node, 'end', node.inputs[0]!.shape.length),
    ];
    const wanted = Array.from({ length: end - start }, (_, index) => start + index);
    return [gathered(operation, shape, scope.integers(wanted), 0)];
  },
  Gather: (operation) => {
    const [x, indices] = operation.inputs as [Ref, Ref];
    return [gathered(operation, x, indices, numberOf(operation.node, 'axis', 0))];
  },
  GatherElements: (operation) => {
    const [x, indices] = operation.inputs as [Ref, Ref];
    return [gathered(operation, x, indices, 1, 1)];
  },
  ScatterElements: scatterElements,
  ArgMax: (operation) => {
    const { node, scope } = operation;
    const axis = scope.integers(numberOf(node, 'axis', 0));
    const best = emit(
      operation,
      'ArgMax',
      [operation.inputs[0]!, axis],
      { ...indexed('Tidx'), output_type: { type: 'int32' } },
      'int32',
    );
    return [reshaped(operation, best, node.outputs[0]!.shape)];
  },
  TopK: (operation) => {
    const { node, inputs, scope } = operation;
    const count = scope.integers(node.outputs[0]!.shape.at(-1)!);
    const types = {
      T: { type: 'float32' },
      Tk: { type: 'int32' },
      index_type: { type: 'int32' },
      sorted: { flag: true },
    } as const;
    return scope.add('TopKV2', [inputs[0]!, count], types, ['float32', 'int32']);
  },
};
