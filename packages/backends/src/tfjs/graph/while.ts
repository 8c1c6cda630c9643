/**
 * Translates an ONNX `Loop` to a `While` of TensorFlow. The loop carries the number of the turn, whether to continue, the number of turns,
 * the state, the scanned outputs so far, and all outer values that the body reads.
 */
import type { GraphBuilder, GraphNode } from '../../graph/ir/builder.ts';
import type { Value } from '../../graph/ir/value.ts';
import { emit, joined } from './lowering.ts';
import type { Operation } from './lowering.ts';
import type { DataType, FunctionMessage } from './messages.ts';
import { Scope } from './scope.ts';
import type { Ref } from './scope.ts';
import { valuesRead } from './weights.ts';

/** The translator of the graph around a loop, and of its body. */
export interface GraphTranslator {
  /** The library of functions so far. */
  readonly functions: FunctionMessage[];
  /** The node to translate in place of another. */
  readonly rewritten: (node: GraphNode) => GraphNode;
  /** Adds the constants and nodes of a graph to a scope. @param found the places of values; grows. */
  translate(graph: GraphBuilder, scope: Scope, found: Map<Value, Ref>): void;
}

/** Runs the nodes of a body one after another in one thread: most of them are too small for another thread to pay off. */
const EXECUTOR = { _executor: { text: 'SINGLE_THREADED_EXECUTOR' } };

/** The values before the state: the number of the turn, whether to continue, and the number of turns. */
const FIRST_STATE = 3;

function argument(index: number, type: DataType): Ref {
  return { node: `argument_${index}`, index: 0, flat: 0, type };
}

/** Outer values that a body reads. */
function captures(body: GraphBuilder, rewritten: (node: GraphNode) => GraphNode): Value[] {
  const own = new Set<Value>([
    ...body.inputs,
    ...body.constants.map(({ value }) => value),
    ...body.nodes.flatMap(({ outputs }) => outputs),
  ]);
  return [...valuesRead(body, rewritten)].filter((value) => !own.has(value));
}

/** Translates a loop; its results are those of the ONNX node. */
export function translateLoop(
  translator: GraphTranslator,
  { node, scope, inputs, refOf }: Operation,
): readonly Ref[] {
  const { graph: body } = node.attributes['body'] as { readonly graph: GraphBuilder };
  const [trips, going, ...state] = inputs as [Ref, Ref, ...Ref[]];
  const outer = captures(body, translator.rewritten);
  const scanned = body.outputs.slice(1 + state.length).map(({ value }) => value);
  const around: Ref[] = [
    scope.integers(0),
    going,
    trips,
    ...state,
    ...scanned.map((value) => noRows(scope, value)),
    ...outer.map(refOf),
  ];
  const types = around.map(({ type }) => type);
  const passed = types.map((type, index) => argument(index, type));
  const parameters = passed.map(({ node: name, type }) => ({ name, type }));
  const number = translator.functions.length;
  const [condition, turn] = [`condition_${number}`, `turn_${number}`];
  translator.functions.push({ name: condition, parameters, ...conditionOf(passed) });
  const round = turnOf(translator, body, passed, state.length, outer);
  translator.functions.push({ name: turn, parameters, ...round });
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
  return ends.slice(FIRST_STATE, FIRST_STATE + state.length + scanned.length);
}

/** A scanned output before the first turn. */
function noRows(scope: Scope, { shape, type }: Value): Ref {
  return type === 'float32'
    ? scope.constant(new Float32Array(0), [0, ...shape], 'float32')
    : scope.constant(new Int32Array(0), [0, ...shape], 'int32');
}

/** One turn: runs the body on the state, and appends its scanned values. */
function turnOf(
  translator: GraphTranslator,
  body: GraphBuilder,
  passed: readonly Ref[],
  states: number,
  outer: readonly Value[],
): Pick<FunctionMessage, 'nodes' | 'results'> {
  const scope = new Scope('function');
  const firstCapture = passed.length - outer.length;
  const found = new Map<Value, Ref>();
  body.inputs.forEach((value, index) => {
    found.set(value, index < 2 ? passed[index]! : passed[index + 1]!);
  });
  outer.forEach((value, index) => found.set(value, passed[firstCapture + index]!));
  translator.translate(body, scope, found);
  const [goingOn, ...made] = body.outputs.map(({ value }) => found.get(value)!);
  const scanned = passed
    .slice(FIRST_STATE + states, firstCapture)
    .map((rows, index) => withRow(scope, rows, made[states + index]!));
  const results = [
    emit({ scope }, 'AddV2', [passed[0]!, scope.integers(1)]),
    goingOn!,
    passed[2]!,
    ...made.slice(0, states),
    ...scanned,
    ...passed.slice(firstCapture),
  ];
  return {
    nodes: scope.nodes,
    results: results.map((ref, index) => ({
      name: `result_${index}`,
      type: ref.type,
      from: scope.nameOf(ref),
    })),
  };
}

/** Rows with another one appended. */
function withRow(scope: Scope, rows: Ref, row: Ref): Ref {
  const axis = { Tdim: { type: 'int32' } } as const;
  return joined(
    { scope },
    [rows, emit({ scope }, 'ExpandDims', [row, scope.integers(0)], axis)],
    0,
  );
}

/** Continues until the number of turns is reached or the body stops it. */
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
