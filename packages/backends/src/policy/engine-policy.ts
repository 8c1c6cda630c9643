/** The policy of an engine: checks what comes in, hands it to engine and decoder, and keeps model folders. */
import { LociError } from '@loci/core';
import type {
  ForwardBackwardResult,
  Loss,
  OptimStepParameters,
  OptimStepResult,
  Policy,
  PolicyCapabilities,
  PolicyGroup,
  Processor,
  SampleEvent,
  SampleRequest,
  SaveOptions,
  TrainingGroup,
} from '@loci/core';
import { defer } from 'rxjs';
import type { Observable } from 'rxjs';
import type { ParameterArena } from './parameter-arena.ts';
import type { PolicyEngine, WeightSet } from './policy-engine.ts';
import type { Decoder } from './sample-stream.ts';
import type { WeightStore } from './weight-store.ts';

/** What a policy is put together from. */
export interface EnginePolicyParts<Engine extends PolicyEngine> {
  readonly engine: Engine;
  readonly decoder: Decoder;
  readonly processor: Processor;
  readonly store: WeightStore;
  /** Prompt and completion together. */
  readonly maxTokens: number;
}

/** What is trained, where it is not everything, for people to read. */
function trainedPart({ size, frozenSize }: ParameterArena): string {
  if (frozenSize === 0) return '';
  const count = (number: number) => number.toLocaleString('en');
  return `; trains ${count(size)} parameters beside ${count(frozenSize)} frozen ones`;
}

/** A policy on an engine of this package. */
export class EnginePolicy<Engine extends PolicyEngine> implements Policy {
  readonly capabilities: PolicyCapabilities;
  readonly processor: Processor;
  /** For parity checks and tests; training code has no use for it. */
  readonly engine: Engine;
  readonly #decoder: Decoder;
  readonly #store: WeightStore;

  constructor({ engine, decoder, processor, store, maxTokens }: EnginePolicyParts<Engine>) {
    this.engine = engine;
    this.processor = processor;
    this.#decoder = decoder;
    this.#store = store;
    this.capabilities = {
      trainable: true,
      streaming: true,
      media: ['video', 'image'],
      losses: ['policy-gradient', 'cross-entropy'],
      maxTokens,
      description: `${engine.description}${trainedPart(engine.arena)}`,
    };
  }

  sample(request: SampleRequest): Observable<SampleEvent> {
    return defer(() => {
      for (const { tokenIds } of request.prompts) {
        this.#checkLength(tokenIds.length, request.sampling.maxNewTokens);
        this.#checkTokens(tokenIds);
      }
      return this.#decoder.sample(request);
    });
  }

  async logProbs(
    groups: readonly PolicyGroup[],
    weights: WeightSet,
  ): Promise<readonly (readonly Float32Array[])[]> {
    this.#checkGroups(groups);
    return this.engine.logProbs(groups, weights);
  }

  async forwardBackward(
    groups: readonly TrainingGroup[],
    loss: Loss,
  ): Promise<ForwardBackwardResult> {
    this.#checkGroups(groups);
    return this.engine.forwardBackward(groups, loss);
  }

  optimStep(parameters: OptimStepParameters): Promise<OptimStepResult> {
    return this.engine.optimStep(parameters);
  }

  async save(directory: string, { optimizer }: SaveOptions): Promise<void> {
    const moments = optimizer ? await this.engine.moments() : undefined;
    await this.#store.save(directory, await this.engine.weights(), moments);
  }

  async load(directory: string): Promise<void> {
    const { weights, moments } = await this.#store.load(directory);
    await this.engine.setWeights(weights, moments);
  }

  async dispose(): Promise<void> {
    await this.#decoder.dispose();
    await this.engine.dispose();
  }

  #checkGroups(groups: readonly PolicyGroup[]): void {
    for (const { prompt, completions } of groups) {
      this.#checkTokens(prompt.tokenIds);
      if (prompt.tokenIds.length === 0) {
        throw new LociError(
          'empty-prompt',
          'a prompt has no tokens: there is nothing to predict from',
        );
      }
      for (const completion of completions) {
        this.#checkTokens(completion);
        this.#checkLength(prompt.tokenIds.length, completion.length);
      }
    }
  }

  #checkLength(prompt: number, completion: number): void {
    const { maxTokens } = this.capabilities;
    if (prompt + completion <= maxTokens) return;
    throw new LociError(
      'too-long',
      `a prompt of ${prompt} tokens and a completion of ${completion} exceed the ${maxTokens} tokens of the model; nothing is cut: shorten the prompt or allow fewer new tokens`,
      { details: { prompt, completion, maxTokens } },
    );
  }

  #checkTokens(ids: Int32Array): void {
    const { vocabularySize } = this.engine.config.text;
    const bad = ids.find((id) => id < 0 || id >= vocabularySize);
    if (bad === undefined) return;
    throw new LociError(
      'bad-token',
      `token id ${bad} is outside the vocabulary of ${vocabularySize}`,
    );
  }
}
