/** Records a model's step: implements `TensorOps` by recording every operation rather than computing it. */
import type { TunedModel } from '../../models/spec/model.ts';
import type { ParameterSpec } from '../../models/spec/weights.ts';
import { everyParameter, weightsOf } from '../../models/tuned-model.ts';
import { sameShape, sizeOf } from '../../ops/shape.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { UnsupportedStep, padded } from './tape.ts';
import type { RecordedStep, RowValue, Tape, TapeValue, WeightValue } from './tape.ts';

/** Operations of whole batches, media and training, which no decoder step has. */
const ABSENT = [
  'splitColumns',
  'layerNorm',
  'gelu',
  'attendSegments',
  'attendSharedPrompt',
  'permuteRows',
  'concatColumns',
  'concatRows',
  'sliceRows',
  'tokenLogProbs',
  'tokenFigures',
] as const;

/** Records steps. */
class Recorder {
  readonly steps: RecordedStep[] = [];
  readonly sizes: number[] = [];
  readonly parameters = new Map<string, ParameterSpec>();
  readonly inputs = new Set<number>();
  multiplications = 0;

  /** Adds a step and gives its value a storage of its own. */
  record(
    shape: readonly number[],
    facts: RecordedStep['facts'],
    reads: Readonly<Record<string, TapeValue>>,
    weights: Readonly<Record<string, WeightValue>> = {},
  ): RowValue {
    const storage = this.sizes.length;
    const width = shape.at(-1)!;
    this.sizes.push((sizeOf(shape) / width) * padded(width));
    for (const { name, shape: own } of Object.values(weights)) {
      this.parameters.set(name, { name, shape: own });
    }
    this.steps.push({
      facts,
      reads: mapValues(reads, (value) => rowOf(value, facts.kind).storage),
      weights: mapValues(weights, ({ name }) => name),
      y: storage,
    });
    return { kind: 'row', storage, shape };
  }
}

function mapValues<From, To>(map: Readonly<Record<string, From>>, change: (value: From) => To) {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

function rowOf(value: TapeValue, operation: string): RowValue {
  if (value.kind === 'row') return value;
  throw new UnsupportedStep(`"${operation}" of ${value.kind}`);
}

function weightOf(value: TapeValue, operation: string): WeightValue {
  if (value.kind === 'weight') return value;
  throw new UnsupportedStep(`"${operation}" with a weight that is computed`);
}

/** Requires a length that is a multiple of 4. */
function inFours(length: number, what: string): number {
  if (length % 4 === 0) return length;
  throw new UnsupportedStep(`${what} of ${length}, which is not a multiple of 4`);
}

/** The recording operations of a step. */
function tapeOps(recorder: Recorder): TensorOps<TapeValue> {
  const ofTwo = (kind: 'add' | 'multiply' | 'swiglu', a: TapeValue, b: TapeValue) => {
    if (!sameShape(a.shape, b.shape)) throw new UnsupportedStep(`"${kind}" of different shapes`);
    const width = sizeOf(a.shape.slice(0, -1)) * padded(a.shape.at(-1)!);
    return recorder.record(a.shape, { kind, width }, { a, b });
  };
  const known: Partial<TensorOps<TapeValue>> = {
    shapeOf: ({ shape }) => shape,
    add: (a, b) => ofTwo('add', a, b),
    multiply: (a, b) => ofTwo('multiply', a, b),
    swiglu: (gate, up) => ofTwo('swiglu', gate, up),
    scale(x, factor) {
      const width = sizeOf(x.shape.slice(0, -1)) * padded(x.shape.at(-1)!);
      return recorder.record(x.shape, { kind: 'scale', width, factor }, { x });
    },
    reshape(x, shape) {
      const row = rowOf(x, 'reshape');
      if (!sameShape(x.shape, shape)) {
        for (const width of [x.shape.at(-1)!, shape.at(-1)!]) inFours(width, 'a reshaped row');
      }
      return { ...row, shape };
    },
    linear(x, weight, bias) {
      const { shape } = weightOf(weight, 'linear');
      const [outputs, inputs] = shape as [number, number];
      const times = sizeOf(x.shape.slice(0, -1));
      recorder.inputs.add(padded(inputs));
      recorder.multiplications += times * outputs * inputs;
      return recorder.record(
        [...x.shape.slice(0, -1), outputs],
        { kind: 'linear', inputs: padded(inputs), outputs: padded(outputs), times },
        { x },
        { weight: weightOf(weight, 'linear'), ...(bias && { bias: weightOf(bias, 'linear') }) },
      );
    },
    rmsNorm(x, weight, epsilon) {
      const width = inFours(x.shape.at(-1)!, 'a norm');
      const times = sizeOf(x.shape.slice(0, -1));
      const own = weightOf(weight, 'rmsNorm');
      return recorder.record(
        x.shape,
        { kind: 'norm', width, times, epsilon },
        { x },
        { weight: own },
      );
    },
    rotate(x, { cos }, heads) {
      const half = inFours(sizeOf(x.shape) / heads / 2, 'half a head');
      if (cos.kind !== 'rotary') throw new UnsupportedStep('"rotate" with tables of its own');
      return recorder.record(x.shape, { kind: 'rotate', heads, half }, { x });
    },
    embed(weight, ids) {
      if (ids.kind !== 'tokens') throw new UnsupportedStep('"embed" of anything but the tokens');
      const table = weightOf(weight, 'embed');
      const width = table.shape[1]!;
      return recorder.record([1, width], { kind: 'embed', width: padded(width) }, {}, { table });
    },
    checkpointedSegment: (x, build) => build(x),
    withoutGradient: (build) => build(),
  };
  const absent = ABSENT.map((name): [string, () => never] => [
    name,
    () => {
      throw new UnsupportedStep(`"${name}"`);
    },
  ]);
  return { ...Object.fromEntries(absent), ...known } as TensorOps<TapeValue>;
}

/**
 * Records the step of a model under its tuning.
 *
 * @throws UnsupportedStep naming the missing kernel.
 */
export function recordStep(tuned: TunedModel): Tape {
  const { decoder, graphs } = tuned.model;
  const recorder = new Recorder();
  const shapes = new Map(everyParameter(tuned).map(({ name, shape }) => [name, shape]));
  const weights = weightsOf(tuned, (name): TapeValue => ({
    kind: 'weight',
    name,
    shape: shapes.get(name)!,
  }));
  inFours(decoder.headDim, 'a head');
  const table = { kind: 'rotary', shape: [1, decoder.headDim / 2] } as const;
  const logits = graphs.step<TapeValue>(
    tapeOps(recorder),
    weights,
    { kind: 'tokens', shape: [1] },
    { cos: table, sin: table },
    (query, key, value, layer) =>
      recorder.record(query.shape, { kind: 'attend', layer }, { query, key, value }),
  );
  const { steps, sizes, multiplications } = recorder;
  return {
    steps,
    sizes,
    logits: rowOf(logits, 'logits').storage,
    parameters: [...recorder.parameters.values()],
    inputs: [...recorder.inputs],
    multiplications,
  };
}
