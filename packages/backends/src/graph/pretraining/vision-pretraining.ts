/**
 * Pretrains the vision tower of a new model by reading maps off it (`./map-readout.ts`). The tower's weights are the engine's own; the head
 * exists beside them during the pretraining.
 */
import type { EncodedMedia, OptimStepParameters } from '@loci/core';
import { deriveSeed, LociError, randomStream } from '@loci/core';
import type { MediaLayout } from '../../models/spec/batches.ts';
import { everyParameter, weightsOf } from '../../models/tuned-model.ts';
import type { HostTensors } from '../../ops/host-tensor.ts';
import type { ReadoutLayout } from './map-readout.ts';
import { readoutLogProbs, readoutParameters } from './map-readout.ts';
import { add, multiply } from '../rules/arithmetic.ts';
import { reduceSum } from '../rules/reduce.ts';
import { negate } from '../rules/unary.ts';
import { sizeOf } from '../ir/value.ts';
import type { Value } from '../ir/value.ts';
import { tensorFeeds } from '../engine/graph-run.ts';
import type { GraphEngine } from '../engine/graph-engine.ts';
import { assemble, outputGradients } from '../engine/model-graphs.ts';
import type { ModelGraph } from '../engine/model-graphs.ts';
import { AdamW, optimizerPieces, STORE } from '../engine/optimizer.ts';
import { declareReadout, readoutTensors } from './readout-rows.ts';

/** A video and its labels: for each question the class of every category, −1 where it does not apply. */
export interface ReadoutExample {
  readonly video: EncodedMedia;
  readonly labels: readonly Int32Array[];
}

const HEAD_STORE = {
  current: 'readout/current',
  gradient: 'readout/gradient',
  mean: 'readout/mean',
  square: 'readout/square',
} as const;

/** Pretrains a vision tower. */
export class VisionPretraining {
  readonly #engine: GraphEngine;
  readonly #head: AdamW;
  readonly #specs: ReturnType<typeof readoutParameters>;
  readonly #layout: Omit<ReadoutLayout, 'videos' | 'tokens'>;

  private constructor(engine: GraphEngine, layout: Omit<ReadoutLayout, 'videos' | 'tokens'>) {
    this.#engine = engine;
    this.#layout = layout;
    this.#specs = readoutParameters({ ...layout, videos: 1, tokens: 1 });
    this.#head = new AdamW(
      engine.runtime,
      optimizerPieces(
        engine.runtime,
        this.#specs.map(({ name, shape }) => ({
          offset: this.#offset(name),
          size: sizeOf(shape),
        })),
      ),
      HEAD_STORE,
    );
  }

  /**
   * Puts a fresh head beside the engine's weights.
   *
   * @param categories number of categories.
   * @param classes answers to each question, such as `[10, 10, 4]` for column, row and count.
   */
  static async start(
    engine: GraphEngine,
    categories: number,
    classes: readonly number[],
    seed: number,
  ): Promise<VisionPretraining> {
    const width = engine.model.decoder.hiddenSize;
    const pretraining = new VisionPretraining(engine, { categories, classes, width });
    await engine.runtime.put(HEAD_STORE.current, pretraining.#freshHead(seed));
    for (const name of ['gradient', 'mean', 'square'] as const) {
      await engine.runtime.put(HEAD_STORE[name], new Float32Array(pretraining.#size()));
    }
    return pretraining;
  }

  /**
   * One optimizer step of tower and head on videos of one size.
   * @returns the sum over questions of the mean cross-entropy of their labels, in nats.
   * @throws LociError `readout-layout` when the videos differ in size.
   */
  async step(
    examples: readonly ReadoutExample[],
    parameters: OptimStepParameters,
  ): Promise<number> {
    const engine = this.#engine;
    const { batches } = engine.model;
    const media = examples.map(({ video }) => video);
    const seen = batches.mediaLayout(media)!;
    const tokens = seen.tokens / examples.length;
    if (media.some(({ grid }) => grid.join() !== media[0]!.grid.join())) {
      throw new LociError('readout-layout', 'The videos of a pretraining step must have one size.');
    }
    const layout: ReadoutLayout = { ...this.#layout, videos: examples.length, tokens };
    const labels = examples.map((example) => example.labels);
    const tensors: HostTensors = {
      ...batches.mediaTensors(media),
      ...readoutTensors(layout, labels),
    };
    const tower = new Map(engine.arena.entries.map((entry) => [entry.name, entry]));
    const head = new Map(this.#specs.map(({ name, shape }) => [name, shape]));
    const { loss } = await engine.run({
      key: JSON.stringify(['readout', layout, seen]),
      make: () => this.#graph(layout, seen),
      feeds: { ...this.#headFeeds(), ...tensorFeeds(tensors) },
      fetches: { loss: 'return' },
      gradientFetch: (name) => {
        const entry = tower.get(name);
        return entry
          ? { addTo: STORE.gradient, offset: entry.offset, shape: entry.shape }
          : {
              addTo: HEAD_STORE.gradient,
              offset: this.#offset(name),
              shape: head.get(name)!,
            };
      },
    });
    await engine.optimStep(parameters);
    await this.#head.apply(parameters);
    return Number(loss!.data[0]);
  }

  /** Drops the head and the optimizer's moments of the pretraining; the tower keeps its weights. */
  async finish(): Promise<void> {
    const { runtime } = this.#engine;
    for (const name of Object.values(HEAD_STORE)) await runtime.delete(name);
    await runtime.fill(STORE.mean, 0);
    await runtime.fill(STORE.square, 0);
    this.#engine.optimizer.step = 0;
  }

  #graph(layout: ReadoutLayout, seen: MediaLayout): ModelGraph {
    const engine = this.#engine;
    const specs = [...everyParameter(engine), ...this.#specs];
    const { graph, ops, parameter, declare, used } = assemble(specs, engine.settings.lowering);
    const weights = weightsOf(engine, parameter);
    const { features } = engine.model.graphs.features(ops, weights, seen, declare);
    const inputs = declareReadout(layout, declare);
    const found = readoutLogProbs(ops, layout, parameter, features, inputs);
    const loss = found
      .map((logProbs, question): Value => {
        const weights = declare(`readout.weights.${question}`, [...logProbs.shape], 'float32');
        return negate(graph, reduceSum(graph, multiply(graph, weights, logProbs), [0, 1], false));
      })
      .reduce((sum, part) => add(graph, sum, part));
    graph.output(loss, 'loss');
    const differentiated = outputGradients(graph, loss, used);
    return { model: graph, ...differentiated };
  }

  #size(): number {
    return this.#specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  #offset(name: string): number {
    let offset = 0;
    for (const spec of this.#specs) {
      if (spec.name === name) return offset;
      offset += sizeOf(spec.shape);
    }
    throw new LociError('readout-layout', `The read-out head has no parameter ${name}.`);
  }

  #headFeeds() {
    return Object.fromEntries(
      this.#specs.map(({ name, shape }) => [
        name,
        {
          type: 'float32' as const,
          shape,
          stored: HEAD_STORE.current,
          offset: this.#offset(name),
        },
      ]),
    );
  }

  #freshHead(seed: number): Float32Array {
    const random = randomStream(deriveSeed(seed, 'readout-head'));
    return Float32Array.from(
      this.#specs.flatMap(({ shape }) => {
        const spread = shape.length === 1 ? 0 : 1 / Math.sqrt(shape[1]!);
        const center = shape.length === 1 ? 1 : 0;
        return Array.from(
          { length: sizeOf(shape) },
          () => center + spread * Math.sqrt(3) * (2 * random() - 1),
        );
      }),
    );
  }
}
