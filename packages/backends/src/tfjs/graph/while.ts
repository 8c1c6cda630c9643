/**
 * An ONNX `Loop` as a `While` of TensorFlow. What goes round: the number of the turn, whether to go on, the number of turns, the
 * state, the scanned outputs so far, and everything that the body reads from around it.
 */
import type { GraphBuilder, Node } from '../../onnx/graph/builder.ts';
import type { Value } from '../../onnx/graph/value.ts';
import { emit, indexed } from './lowering.ts';
import type { Operation } from './lowering.ts';
import type { DataType } from './messages.ts';
import { Scope } from './scope.ts';
import type { Ref } from './scope.ts';
import type { Translator } from './translate.ts';
import { valuesRead } from './weights.ts';

/** Runs the nodes of a body one after another in one thread: most of them are too small to be worth handing over. */
const EXECUTOR = { _executor: { text: 'SINGLE_THREADED_EXECUTOR' } };

function argument(index: number, type: DataType): Ref {
  return { node: `argument_${index}`, index: 0, flat: 0, type };
}

/** Values that a body reads and does not make. */
function captures(body: GraphBuilder, rewritten: (node: Node) => Node): Value[] {
  const own = new Set<Value>([
    ...body.inputs,
    ...body.constants.map(({ value }) => value),
    ...body.nodes.flatMap(({ outputs }) => outputs),
  ]);
  return [...valuesRead(body, rewritten)].filter((value) => !own.has(value));
}

/** Translates a loop; its results are those of the ONNX node. */
export function translateLoop(
  translator: Translator,
  { node, scope, inputs, refOf }: Operation,
): readonly Ref[] {
  const attribute = node.attributes['body'] as { readonly graph: GraphBuilder };
  const body = attribute.graph;
  const [trips, going, ...state] = inputs as [Ref, Ref, ...Ref[]];
  const outer = captures(body, translator.rewritten);
  const scanned = body.outputs.slice(1 + state.length).map(({ value }) => value);
  const around: Ref[] = [
    scope.integers(0),
    going,
    trips,
    ...state,
    ...scanned.map(({ shape, type }) => {
      const empty = type === 'float32' ? new Float32Array(0) : new Int32Array(0);
      return scope.constant(empty, [0, ...shape], type === 'float32' ? 'float32' : 'int32');
    }),
    ...outer.map(refOf),
  ];
  const types = around.map(({ type }) => type);
  const passed = types.map((type, index) => argument(index, type));
  const parameters = passed.map(({ node: name, type }) => ({ name, type }));
  const number = translator.functions.length;
  const [condition, turn] = [`condition_${number}`, `turn_${number}`];
  translator.functions.push({
    name: condition,
    parameters,
    ...conditionOf(passed),
  });

  const inner = new Scope('function');
  const found = new Map<Value, Ref>();
  body.inputs.forEach((value, index) => {
    found.set(value, index < 2 ? passed[index]! : passed[index + 1]!);
  });
  const firstCapture = 3 + state.length + scanned.length;
  outer.forEach((value, index) => found.set(value, passed[firstCapture + index]!));
  translator.translate(body, inner, found);
  const operation = { scope: inner };
  const made = body.outputs.map(({ value }) => found.get(value)!);
  const appended = scanned.map((_, index) => {
    const whole = passed[3 + state.length + index]!;
    const row = made[1 + state.length + index]!;
    const slice = emit(operation, 'ExpandDims', [row, inner.integers(0)], {
      Tdim: { type: 'int32' },
    });
    return emit(operation, 'ConcatV2', [whole, slice, inner.integers(0)], {
      N: { integer: 2 },
      ...indexed('Tidx'),
    });
  });
  const results = [
    emit(operation, 'AddV2', [passed[0]!, inner.integers(1)]),
    made[0]!,
    passed[2]!,
    ...made.slice(1, 1 + state.length),
    ...appended,
    ...passed.slice(firstCapture),
  ];
  translator.functions.push({
    name: turn,
    parameters,
    nodes: inner.nodes,
    results: results.map((ref, index) => ({
      name: `result_${index}`,
      type: ref.type,
      from: inner.nameOf(ref),
    })),
  });
  const ends = scope.add(
    'While',
    around,
    {
      T: { types },
      cond: { called: condition, attributes: EXECUTOR },
      body: { called: turn, attributes: EXECUTOR },
      parallel_iterations: { integer: 1 },
    },
    types,
  );
  return ends.slice(3, firstCapture);
}

/** Goes on while the number of turns is not reached and the body says so. */
function conditionOf(passed: readonly Ref[]) {
  const scope = new Scope('function');
  const [iteration, going, trips] = passed as [Ref, Ref, Ref];
  const left = emit({ scope }, 'Less', [iteration, trips], {}, 'bool');
  const on = scope.add('LogicalAnd', [left, going], {}, ['bool'])[0]!;
  return {
    nodes: scope.nodes,
    results: [{ name: 'on', type: 'bool' as const, from: scope.nameOf(on) }],
  };
}
