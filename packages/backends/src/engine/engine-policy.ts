/** Makes a policy of an engine: checks inputs, passes them to engine and generator, and saves model folders. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  LociError,
  checkGroups,
  checkReadout,
  checkRequest,
  checkTrainingGroups,
} from '@loci/core';
import type {
  ForwardBackwardResult,
  Loss,
  OptimStepParameters,
  OptimStepResult,
  Policy,
  PolicyBounds,
  PolicyCapabilities,
  PolicyGroup,
  Processor,
  SampleEvent,
  SampleRequest,
  SaveOptions,
  TokenFigures,
  TokenReadout,
  TrainingGroup,
} from '@loci/core';
import { defer } from 'rxjs';
import type { Observable } from 'rxjs';
import type { ParameterArena } from '../weights/parameter-arena.ts';
import type { PolicyEngine, WeightSet } from './policy-engine.ts';
import { PLAIN_READOUT } from './readout.ts';
import { sampleStream } from './sample-stream.ts';
import type { TokenGenerator } from './sample-stream.ts';
import type { WeightStore } from '../weights/weight-store.ts';

/** The parts of a policy. */
export interface EnginePolicyParts<Engine extends PolicyEngine> {
  readonly engine: Engine;
  /** Generates completions with the engine's current weights. */
  readonly generator: TokenGenerator;
  readonly processor: Processor;
  readonly store: WeightStore;
  /** Prompt and completion together. */
  readonly maxTokens: number;
  /** The library that computes, with its version. */
  readonly library?: string;
}

/** The trained share, in words; undefined when everything is trained. */
function trainedPart({ size, frozenSize }: ParameterArena): string | undefined {
  if (frozenSize === 0) return undefined;
  const count = (number: number) => number.toLocaleString('en');
  return `trains ${count(size)} parameters beside ${count(frozenSize)} frozen ones`;
}

/** A policy on an engine of this package. */
export class EnginePolicy<Engine extends PolicyEngine> implements Policy {
  readonly capabilities: PolicyCapabilities;
  readonly processor: Processor;
  /** For parity checks and tests; training code has no use for it. */
  readonly engine: Engine;
  /** The loop that generates its tokens, for measurements. */
  readonly generator: TokenGenerator;
  readonly #store: WeightStore;
  #disposed = false;

  constructor({
    engine,
    generator,
    processor,
    store,
    maxTokens,
    library,
  }: EnginePolicyParts<Engine>) {
    this.engine = engine;
    this.processor = processor;
    this.generator = generator;
    this.#store = store;
    this.capabilities = {
      trainable: true,
      streaming: true,
      media: ['video', 'image'],
      losses: ['policy-gradient', 'cross-entropy', 'linear'],
      entropies: true,
      maxTokens,
      description: [engine.description, generator.description, trainedPart(engine.arena)]
        .filter((part) => part !== undefined)
        .join('; '),
      // Every engine of this package computes in single precision, whatever its files store.
      engine: {
        ...(library !== undefined && { library }),
        precision: 'float32',
        choice: [engine.reason, generator.reason].filter((part) => part !== undefined).join('; '),
      },
    };
  }

  sample(request: SampleRequest): Observable<SampleEvent> {
    return defer(() => {
      this.#assertUsable();
      checkRequest(request, this.#bounds);
      this.engine.model.batches.checkMedia(request.prompts);
      return sampleStream(this.generator, request, this.processor);
    });
  }

  async logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
    readout: Partial<TokenReadout> = {},
  ): Promise<TokenFigures> {
    this.#assertUsable();
    checkGroups(groups, this.#bounds);
    checkReadout(readout);
    this.#checkMediaOf(groups);
    return this.engine.logProbs(groups, weights, { ...PLAIN_READOUT, ...readout });
  }

  async forwardBackward(
    groups: readonly TrainingGroup[],
    loss: Loss,
  ): Promise<ForwardBackwardResult> {
    this.#assertUsable();
    checkTrainingGroups(groups, loss, this.#bounds);
    this.#checkMediaOf(groups);
    return this.engine.forwardBackward(groups, loss);
  }

  async optimStep(parameters: OptimStepParameters): Promise<OptimStepResult> {
    this.#assertUsable();
    return this.engine.optimStep(parameters);
  }

  async save(directory: string, { optimizer }: SaveOptions): Promise<void> {
    this.#assertUsable();
    const moments = optimizer ? await this.engine.moments() : undefined;
    await this.#store.save(directory, await this.engine.weights(), moments);
  }

  async load(directory: string): Promise<void> {
    this.#assertUsable();
    const { weights, moments } = await this.#store.load(directory);
    if (moments === undefined && existsSync(join(directory, 'trainer-state.json'))) {
      throw new LociError(
        'checkpoint-incomplete',
        `${directory} is a checkpoint of a run without the optimizer's state (optimizer.safetensors): resuming from it would begin with moments of zero`,
      );
    }
    await this.engine.setWeights(weights, moments);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.generator.dispose?.();
    await this.engine.dispose();
  }

  #checkMediaOf(groups: readonly PolicyGroup[]): void {
    this.engine.model.batches.checkMedia(groups.map(({ prompt }) => prompt));
  }

  get #bounds(): PolicyBounds {
    const { vocabularySize } = this.engine.model.decoder;
    return { maxTokens: this.capabilities.maxTokens, vocabularySize };
  }

  #assertUsable(): void {
    if (this.#disposed) throw new LociError('policy-disposed', 'this policy was disposed of');
  }
}
