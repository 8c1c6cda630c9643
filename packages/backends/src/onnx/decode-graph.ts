/**
 * The graph that makes a chunk of tokens in one run: an ONNX `Loop` with drawing inside, over the keys and values that
 * `decode-prefill.ts` kept. It shares the model's definition with training.
 */
import type { ModelConfig } from '../model/config.ts';
import { everyParameter, splitParameters } from '../model/qwen2-5-vl/parameters.ts';
import { decoder, embedTokens, languageHead } from '../model/qwen2-5-vl/text.ts';
import { append, attendParts, byHead, UNKNOWN } from './decode-attention.ts';
import type { DecodeRows, FixedKeyValues, KeyValues } from './decode-attention.ts';
import { cacheNames, grownName } from './decode-caches.ts';
import { drawTokens } from './decode-sampling.ts';
import type { SamplingSettings, SamplingShape } from './decode-sampling.ts';
import { GraphBuilder } from './graph/builder.ts';
import { cast, compare } from './graph/rules/arithmetic.ts';
import { reshape } from './graph/rules/shape.ts';
import { logSoftmax } from './graph/rules/softmax.ts';
import { ELEMENT_TYPES } from './graph/value.ts';
import type { ElementType, Shape, Value } from './graph/value.ts';
import { kernelsOf } from './lower/kernels-of.ts';
import type { LoweringName } from './lower/kernels.ts';
import { onnxOps } from './lower/onnx-ops.ts';
import type { ModelGraph } from './train/model-graphs.ts';

/** What the graph of a chunk depends on. */
export interface ChunkLayout extends DecodeRows {
  /** Most tokens that one run makes. */
  readonly steps: number;
  readonly sampling: SamplingShape;
  readonly stopTokenIds: readonly number[];
  readonly padTokenId: number;
  /** Which parameters are constants of the session rather than inputs of each run. */
  readonly constants: 'all' | 'frozen' | 'none';
  /** Also give out the logits of every step, for checks. */
  readonly withLogits: boolean;
}

/** What the body of the loop reads from around it. */
interface Surroundings {
  readonly parameters: (name: string) => Value;
  readonly fixed: readonly FixedKeyValues[];
  /** `[steps, rows, headDim / 2]` each. */
  readonly cos: Value;
  readonly sin: Value;
  /** `[steps, rows, 1]` */
  readonly uniforms: Value;
  readonly settings: SamplingSettings;
}

/** State of the loop, in the order in which it is carried. */
interface LoopState {
  readonly logits: Value;
  readonly finished: Value;
  readonly seen?: Value;
  readonly chunk: readonly Value[];
}

function carried({ logits, finished, seen, chunk }: LoopState): Value[] {
  return [logits, finished, ...(seen ? [seen] : []), ...chunk];
}

/** One step: draw from the logits at hand, feed the tokens, leave the logits of the next step. */
function step(
  body: GraphBuilder,
  config: ModelConfig,
  layout: ChunkLayout,
  around: Surroundings,
  lowering: LoweringName,
): void {
  const { groups, completions, sampling } = layout;
  const rows = groups * completions;
  const { vocabularySize, kvHeads, headDim, layers } = config.text;
  const ops = onnxOps(body, lowering);
  const kernels = kernelsOf(lowering);
  const iteration = body.input('step.iteration', [], 'int64');
  body.input('step.going', [], 'bool');
  const cache = [groups * kvHeads * completions, UNKNOWN, headDim];
  const state: LoopState = {
    logits: body.input('step.logits', [rows, vocabularySize]),
    finished: body.input('step.finished', [rows, 1], 'bool'),
    ...(sampling.penalised
      ? { seen: body.input('step.seen', [rows, vocabularySize], 'bool') }
      : {}),
    chunk: Array.from({ length: 2 * layers }, (_, index) =>
      body.input(`step.chunk.${index}`, cache),
    ),
  };
  const now = (table: Value) =>
    body.emit('Gather', [table, iteration], table.shape.slice(1), { axis: 0 });

  const drawn = drawTokens(body, sampling, {
    logits: state.logits,
    uniform: now(around.uniforms),
    settings: around.settings,
    ...(state.seen ? { seen: state.seen } : {}),
  });
  const id = (token: number) => body.constant(BigInt64Array.of(BigInt(token)), []);
  const token = body.emit(
    'Where',
    [state.finished, id(layout.padTokenId), drawn],
    [rows, 1],
    {},
    { type: 'int64' },
  );
  const all = logSoftmax(body, state.logits);
  const logProb = body.emit('GatherElements', [all, token], [rows, 1], { axis: 1 });
  const finished = layout.stopTokenIds.reduce(
    (before, stop) => body.emit('Or', [before, compare(body, 'Equal', token, id(stop))], [rows, 1]),
    state.finished,
  );
  const seen =
    state.seen &&
    body.emit(
      'ScatterElements',
      [state.seen, token, body.constant(new Uint8Array(rows).fill(1), [rows, 1], 'bool')],
      state.seen.shape,
      { axis: 1 },
    );

  const chunk: Value[] = [];
  const hidden = decoder(
    ops,
    config,
    around.parameters,
    embedTokens(ops, around.parameters, reshape(body, token, [rows])),
    { cos: now(around.cos), sin: now(around.sin) },
    (query, key, value, layer) => {
      const grown = [key, value].map((added, which) =>
        append(body, state.chunk[2 * layer + which]!, byHead(body, added, layout, config.text)),
      );
      chunk.push(...grown);
      const own: KeyValues = { key: grown[0]!, value: grown[1]! };
      const fixed = around.fixed[layer]!;
      return attendParts(body, kernels, query, fixed, own, layout, config.text);
    },
  );
  const logits = languageHead(ops, config, around.parameters, hidden);

  const asNumbers = cast(body, finished, 'int32', ELEMENT_TYPES.int32);
  const least = body.emit('ReduceMin', [asNumbers], [], { keepdims: 0 });
  const over = cast(body, least, 'bool', ELEMENT_TYPES.bool);
  body.output(body.emit('Not', [over], []), 'step.goingOn');
  const after = carried({ logits, finished, ...(seen ? { seen } : {}), chunk });
  after.forEach((value, index) => body.output(value, `step.next.${index}`));
  body.output(reshape(body, token, [rows]), 'step.token');
  body.output(reshape(body, logProb, [rows]), 'step.logProb');
  if (layout.withLogits) body.output(state.logits, 'step.used');
}

/** Names of the parameters that are constants of a session. */
export function constantParameters(
  config: ModelConfig,
  which: ChunkLayout['constants'],
): ReadonlySet<string> {
  const { trained, frozen } = splitParameters(config);
  const specs = which === 'all' ? [...trained, ...frozen] : which === 'frozen' ? frozen : [];
  return new Set(specs.map(({ name }) => name));
}

/**
 * Makes a chunk of tokens. Inputs beside the parameters: `logits`, `finished`, `seen`, `cos`, `sin`, `uniforms`, `promptMask`,
 * `trips` (int64), the sampling settings, and the caches of prompt and past. Outputs: `tokens` and `logProbs`
 * `[steps made, rows]`, `nextLogits`, `stepLogits` when asked for, and the past grown by the chunk as `grownKey.<layer>`,
 * `grownValue.<layer>`.
 */
export function chunkGraph(
  config: ModelConfig,
  layout: ChunkLayout,
  lowering: LoweringName,
): ModelGraph {
  const { groups, completions, promptLength, steps } = layout;
  const rows = groups * completions;
  const { vocabularySize, kvHeads, headDim, layers } = config.text;
  const graph = new GraphBuilder();
  const shapes = new Map(everyParameter(config).map(({ name, shape }) => [name, shape]));
  const constants = constantParameters(config, layout.constants);
  const used = new Map<string, Value>();
  const parameters = (name: string): Value => {
    const existing = used.get(name);
    if (existing) return existing;
    const shape = shapes.get(name)!;
    const made: Value = constants.has(name)
      ? { name, shape, type: 'float32' }
      : graph.input(name, shape);
    used.set(name, made);
    return made;
  };
  const input = (name: string, shape: Shape, type: ElementType = 'float32') =>
    graph.input(name, shape, type);
  const promptMask = reshape(graph, input('promptMask', [groups, promptLength]), [
    groups,
    1,
    1,
    promptLength,
  ]);
  const prompt = cacheNames('prompt', layers).map((name) =>
    input(name, [groups * kvHeads, promptLength, headDim]),
  );
  const past = cacheNames('past', layers).map((name) =>
    input(name, [groups * kvHeads * completions, UNKNOWN, headDim]),
  );
  const pastTokens = graph.emit('Shape', [past[0]!], [1], { start: 1, end: 2 }, { type: 'int64' });
  const pastEnd = graph.emit('Add', [graph.integers([promptLength]), pastTokens], [1]);
  const pair = (list: readonly Value[], layer: number): KeyValues => ({
    key: list[2 * layer]!,
    value: list[2 * layer + 1]!,
  });
  const table = (name: string) => input(name, [steps, rows, headDim / 2]);
  const around: Surroundings = {
    parameters,
    fixed: Array.from({ length: layers }, (_, layer) => ({
      prompt: pair(prompt, layer),
      past: pair(past, layer),
      promptMask,
      pastEnd,
    })),
    cos: table('cos'),
    sin: table('sin'),
    uniforms: input('uniforms', [steps, rows, 1]),
    settings: {
      temperature: input('temperature', []),
      topP: input('topP', []),
      repetitionPenalty: input('repetitionPenalty', []),
    },
  };
  const body = new GraphBuilder('step.');
  step(body, config, layout, around, lowering);

  const none = graph.constant(new Float32Array(0), [groups * kvHeads * completions, 0, headDim]);
  const state = carried({
    logits: input('logits', [rows, vocabularySize]),
    finished: input('finished', [rows, 1], 'bool'),
    ...(layout.sampling.penalised ? { seen: input('seen', [rows, vocabularySize], 'bool') } : {}),
    chunk: past.map(() => none),
  });
  const going = graph.constant(Uint8Array.of(1), [], 'bool');
  const scanned = [
    { shape: [UNKNOWN, rows], type: 'int64' as const },
    { shape: [UNKNOWN, rows] },
    ...(layout.withLogits ? [{ shape: [UNKNOWN, rows, vocabularySize] }] : []),
  ];
  const outputs = graph.emitMany(
    'Loop',
    [input('trips', [], 'int64'), going, ...state],
    [
      ...state.map(({ shape, type }) => ({ shape, type })),
      ...scanned.map(({ shape, type }) => ({ shape, type: type ?? ('float32' as const) })),
    ],
    { body: { graph: body } },
  );
  graph.output(outputs[0]!, 'nextLogits');
  const chunk = outputs.slice(state.length - past.length, state.length);
  cacheNames('past', layers).forEach((name, index) => {
    const grown = append(graph, past[index]!, chunk[index]!);
    graph.output(grown, grownName(name));
  });
  const [tokens, logProbs, stepLogits] = outputs.slice(state.length);
  graph.output(tokens!, 'tokens');
  graph.output(logProbs!, 'logProbs');
  if (stepLogits) graph.output(stepLogits, 'stepLogits');
  return { model: graph, parameters: [...used.keys()], gradients: [] };
}
