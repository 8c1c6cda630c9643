/**
 * Builds the graph that generates a chunk of tokens in one run: an ONNX `Loop` that draws inside, over the keys and values from
 * `prefill.ts`. It shares the model's definition with training.
 */
import type { Model, TunedModel } from '../../models/spec/model.ts';
import type { Weights } from '../../models/spec/weights.ts';
import { everyParameter, splitParameters, weightsOf } from '../../models/tuned-model.ts';
import { append, attendParts, byHead, declareCaches } from './attention.ts';
import type { DecodeRows, FixedKeyValues, KeyValues } from './attention.ts';
import { cacheNames, grownName } from './caches.ts';
import { joinLinears, joinNorms } from './fuse-step.ts';
import type { JoinedParameter } from './fuse-step.ts';
import { drawTokens } from './sampling.ts';
import type { SamplingSettings, SamplingShape } from './sampling.ts';
import { GraphBuilder } from '../ir/builder.ts';
import { cast, compare, divide } from '../rules/arithmetic.ts';
import { reshape } from '../rules/shape.ts';
import { logSoftmax } from '../rules/softmax.ts';
import { ELEMENT_TYPES, lengthOf, UNKNOWN } from '../ir/value.ts';
import type { ElementType, Shape, Value } from '../ir/value.ts';
import { kernelsOf } from '../lower/kernels-of.ts';
import type { LoweringName } from '../lower/kernels.ts';
import { graphOps } from '../lower/graph-ops.ts';
import type { Assembly, ModelGraph } from '../engine/model-graphs.ts';

/** The properties that the graph of a chunk depends on. */
export interface ChunkLayout extends DecodeRows {
  /** The most tokens of one run. */
  readonly steps: number;
  readonly sampling: SamplingShape;
  readonly stopTokenIds: readonly number[];
  readonly padTokenId: number;
  /** Which parameters are constants of the session rather than inputs of each run. */
  readonly constants: 'all' | 'frozen' | 'none';
  /** Also output the logits of every step, for checks. */
  readonly withLogits: boolean;
}

/** The graph of a chunk, and the constants of its session that combine several parameters. */
export interface ChunkGraph extends ModelGraph {
  readonly joined: readonly JoinedParameter[];
}

/** The outer values that the body of the loop reads. */
interface Surroundings {
  readonly weights: Weights<Value>;
  readonly fixed: readonly FixedKeyValues[];
  /** `[steps, rows, headDim / 2]` each. */
  readonly cos: Value;
  readonly sin: Value;
  /** `[steps, rows, 1]` */
  readonly uniforms: Value;
  readonly settings: SamplingSettings;
}

/** State of the loop, in order. */
interface LoopState {
  readonly logits: Value;
  readonly finished: Value;
  readonly seen?: Value;
  readonly chunk: readonly Value[];
}

function carried({ logits, finished, seen, chunk }: LoopState): Value[] {
  return [logits, finished, ...(seen ? [seen] : []), ...chunk];
}

/** A token for every row with its log-probability, `[rows, 1]` each, and the changes of the state. */
interface Drawn extends Pick<LoopState, 'finished' | 'seen'> {
  readonly token: Value;
  readonly logProb: Value;
}

/** Draws from the current logits; rows that have ended get padding. */
function draw(
  body: GraphBuilder,
  { groups, completions, sampling, padTokenId, stopTokenIds }: ChunkLayout,
  state: LoopState,
  settings: SamplingSettings,
  uniform: Value,
): Drawn {
  const rows = lengthOf(groups, completions);
  const { logits, seen } = state;
  const operands = { logits, uniform, settings, ...(seen ? { seen } : {}) };
  const drawn = drawTokens(body, sampling, operands);
  const id = (token: number) => body.constant(BigInt64Array.of(BigInt(token)), []);
  const choices = [state.finished, id(padTokenId), drawn];
  const token = body.emit('Where', choices, [rows, 1], {}, { type: 'int64' });
  const read = sampling.tempered ? divide(body, logits, settings.temperature) : logits;
  const all = logSoftmax(body, read);
  const logProb = body.emit('GatherElements', [all, token], [rows, 1], { axis: 1 });
  const finished = stopTokenIds.reduce(
    (before, stop) => body.emit('Or', [before, compare(body, 'Equal', token, id(stop))], [rows, 1]),
    state.finished,
  );
  if (!seen) return { token, logProb, finished };
  const mark = compare(body, 'Equal', token, token);
  const marked = body.emit('ScatterElements', [seen, token, mark], seen.shape, { axis: 1 });
  return { token, logProb, finished, seen: marked };
}

/** One step: draws from the current logits, runs the model on the tokens, and gives the logits of the next step. */
function step(
  body: GraphBuilder,
  { decoder, graphs }: Model,
  layout: ChunkLayout,
  around: Surroundings,
  lowering: LoweringName,
): void {
  const { groups, completions, sampling } = layout;
  const rows = lengthOf(groups, completions);
  const { vocabularySize, kvHeads, headDim, layers } = decoder;
  const ops = graphOps(body, lowering);
  const kernels = kernelsOf(lowering);
  const iteration = body.input('step.iteration', [], 'int64');
  body.input('step.going', [], 'bool');
  const cache = [lengthOf(groups, kvHeads, completions), UNKNOWN, headDim];
  const state: LoopState = {
    logits: body.input('step.logits', [rows, vocabularySize]),
    finished: body.input('step.finished', [rows, 1], 'bool'),
    ...(sampling.penalized
      ? { seen: body.input('step.seen', [rows, vocabularySize], 'bool') }
      : {}),
    chunk: Array.from({ length: 2 * layers }, (_, index) =>
      body.input(`step.chunk.${index}`, cache),
    ),
  };
  const now = (table: Value) =>
    body.emit('Gather', [table, iteration], table.shape.slice(1), { axis: 0 });

  const { token, logProb, ...marks } = draw(
    body,
    layout,
    state,
    around.settings,
    now(around.uniforms),
  );
  const chunk: Value[] = [];
  const logits = graphs.step(
    ops,
    around.weights,
    reshape(body, token, [rows]),
    { cos: now(around.cos), sin: now(around.sin) },
    (query, key, value, layer) => {
      const grown = [key, value].map((added, which) =>
        append(body, state.chunk[2 * layer + which]!, byHead(body, added, layout, decoder)),
      );
      chunk.push(...grown);
      const own: KeyValues = { key: grown[0]!, value: grown[1]! };
      const fixed = around.fixed[layer]!;
      return attendParts(body, kernels, query, fixed, own, layout, decoder);
    },
  );

  const asNumbers = cast(body, marks.finished, 'int32', ELEMENT_TYPES.int32);
  const least = body.emit('ReduceMin', [asNumbers], [], { keepdims: 0 });
  const over = cast(body, least, 'bool', ELEMENT_TYPES.bool);
  body.output(body.emit('Not', [over], []), 'step.goingOn');
  const after = carried({ logits, ...marks, chunk });
  after.forEach((value, index) => body.output(value, `step.next.${index}`));
  body.output(reshape(body, token, [rows]), 'step.token');
  body.output(reshape(body, logProb, [rows]), 'step.logProb');
  if (layout.withLogits) body.output(state.logits, 'step.used');
}

/** Names of the parameters that are constants of a session. */
export function constantParameters(
  tuned: TunedModel,
  which: ChunkLayout['constants'],
): ReadonlySet<string> {
  const { trained, frozen } = splitParameters(tuned);
  const specs = which === 'all' ? [...trained, ...frozen] : which === 'frozen' ? frozen : [];
  return new Set(specs.map(({ name }) => name));
}

/**
 * The graph of a chunk of tokens. Inputs beside the parameters: `logits`, `finished`, `seen`, `cos`, `sin`, `uniforms`, `promptMask`,
 * `trips` (int64), the sampling settings, and the caches of prompt and past. Outputs: `tokens` and `logProbs`
 * `[steps made, rows]`, `nextLogits`, `stepLogits` on request, and the past grown by the chunk as `grownKey.<layer>`,
 * `grownValue.<layer>`.
 */
export function chunkGraph(
  tuned: TunedModel,
  layout: ChunkLayout,
  lowering: LoweringName,
): ChunkGraph {
  const { groups, completions, steps, sampling, withLogits } = layout;
  const rows = lengthOf(groups, completions);
  const { vocabularySize, headDim, layers } = tuned.model.decoder;
  const graph = new GraphBuilder();
  const { parameter, used } = declareParameters(graph, tuned, layout.constants);
  const input = (name: string, shape: Shape, type: ElementType = 'float32') =>
    graph.input(name, shape, type);
  const fixed = declareCaches(graph, layout, tuned.model.decoder);
  const past = fixed.flatMap(({ past: own }) => [own!.key, own!.value]);
  const body = new GraphBuilder('step.');
  const around: Surroundings = {
    weights: weightsOf(tuned, parameter),
    fixed,
    cos: input('cos', [steps, rows, headDim / 2]),
    sin: input('sin', [steps, rows, headDim / 2]),
    uniforms: input('uniforms', [steps, rows, 1]),
    settings: {
      temperature: input('temperature', []),
      topP: input('topP', []),
      repetitionPenalty: input('repetitionPenalty', []),
    },
  };
  step(body, tuned.model, layout, around, lowering);
  const constants = constantParameters(tuned, layout.constants);
  const joined = joinLinears(body, ({ name }) => constants.has(name));
  joinNorms(body);

  const [from, axis] = [graph.integers([0]), graph.integers([1])];
  const without = (own: Value): Value =>
    graph.emit('Slice', [own, from, from, axis], [own.shape[0]!, 0, headDim]);
  const state = carried({
    logits: input('logits', [rows, vocabularySize]),
    finished: input('finished', [rows, 1], 'bool'),
    ...(sampling.penalized ? { seen: input('seen', [rows, vocabularySize], 'bool') } : {}),
    chunk: past.map(without),
  });
  const going = graph.constant(Uint8Array.of(1), [], 'bool');
  const outputs = graph.emitMany(
    'Loop',
    [input('trips', [], 'int64'), going, ...state],
    [
      ...state.map(({ shape, type }) => ({ shape, type })),
      { shape: [UNKNOWN, rows], type: 'int64' },
      { shape: [UNKNOWN, rows], type: 'float32' },
      ...(withLogits ? [{ shape: [UNKNOWN, rows, vocabularySize], type: 'float32' } as const] : []),
    ],
    { body: { graph: body } },
  );
  graph.output(outputs[0]!, 'nextLogits');
  const chunk = outputs.slice(state.length - past.length, state.length);
  cacheNames('past', layers).forEach((name, index) =>
    graph.output(append(graph, past[index]!, chunk[index]!), grownName(name)),
  );
  const [tokens, logProbs, stepLogits] = outputs.slice(state.length);
  graph.output(tokens!, 'tokens');
  graph.output(logProbs!, 'logProbs');
  if (stepLogits) graph.output(stepLogits, 'stepLogits');
  const parts = new Set(joined.flatMap((own) => own.parts));
  const parameters = [...used.keys()].filter((name) => !parts.has(name));
  return { model: graph, parameters, gradients: [], joined };
}

/** Parameters as the model requests them: inputs of the graph, except the constants of the session. */
function declareParameters(
  graph: GraphBuilder,
  tuned: TunedModel,
  which: ChunkLayout['constants'],
): Pick<Assembly, 'parameter' | 'used'> {
  const shapes = new Map(everyParameter(tuned).map(({ name, shape }) => [name, shape]));
  const constants = constantParameters(tuned, which);
  const used = new Map<string, Value>();
  const parameter = (name: string): Value => {
    const existing = used.get(name);
    if (existing) return existing;
    const shape = shapes.get(name)!;
    const made: Value = constants.has(name)
      ? { name, shape, type: 'float32' }
      : graph.input(name, shape);
    used.set(name, made);
    return made;
  };
  return { parameter, used };
}
