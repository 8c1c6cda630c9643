/**
 * A policy small enough to see through: a table of logits by context (a hash of the prompt and its media) and position.
 * Its gradients are exact, so a planted task is really learned; everything about it is deterministic.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { defer, from } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError, messageOf } from '../errors/loci-error.ts';
import { writeFolderWhole } from '../files/write-folder-whole.ts';
import { ArrayAdamW } from './parts/array-adamw.ts';
import type { ArrayMoments } from './parts/array-adamw.ts';
import {
  checkGroups,
  checkReadout,
  checkRequest,
  checkTrainingGroups,
} from '../policy/check-input.ts';
import type { PolicyBounds } from '../policy/check-input.ts';
import { weighsEntropies } from '../policy/losses.ts';
import { drawToken } from './parts/draw-token.ts';
import { logitGradient, tokenFigures } from './parts/token-figures.ts';
import type { FigureDerivatives, TokenFiguresOfRow } from './parts/token-figures.ts';
import { deriveSeed, randomStream } from '../random/seed.ts';
import type {
  EncodedPrompt,
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
  TokenFigures,
  TokenReadout,
  TrainingGroup,
} from '../spec/index.ts';
import { tokenLoss } from '../train/algorithm/objectives/token-loss.ts';
import { fakeProcessor } from './fake-processor.ts';
import type { FakeProcessorOptions } from './fake-processor.ts';

/** Size and start of the table. */
export interface FakePolicyOptions extends FakeProcessorOptions {
  readonly seed?: number;
  /** Prompts fall into this many classes, each with logits of its own. */
  readonly contexts?: number;
  /** Rows of the table; later positions share the last row. */
  readonly positions?: number;
  /** Width of the range around 0 that the first logits are drawn from; 1 when absent. At 0 every token is as likely as others. */
  readonly spread?: number;
}

/** A table that can be sampled and trained. */
export class FakePolicy implements Policy {
  readonly capabilities: PolicyCapabilities;
  readonly processor: Processor;
  readonly #contexts: number;
  readonly #positions: number;
  readonly #width: number;
  readonly #start: Float64Array;
  readonly #logits: Float64Array;
  readonly #gradients: Float64Array;
  readonly #optimizer: ArrayAdamW;
  readonly #bounds: PolicyBounds;
  #disposed = false;

  constructor(options: FakePolicyOptions = {}) {
    this.processor = fakeProcessor(options);
    this.#contexts = options.contexts ?? 16;
    this.#positions = options.positions ?? 8;
    this.#width = this.processor.vocabularySize;
    const size = this.#contexts * this.#positions * this.#width;
    const random = randomStream(deriveSeed(options.seed ?? 0, 'fake-policy'));
    const spread = options.spread ?? 1;
    this.#start = Float64Array.from({ length: size }, () => (random() - 0.5) * spread);
    this.#logits = this.#start.slice();
    this.#gradients = new Float64Array(size);
    this.#optimizer = new ArrayAdamW(size);
    this.capabilities = {
      trainable: true,
      streaming: true,
      media: ['video', 'image'],
      losses: ['policy-gradient', 'cross-entropy', 'linear'],
      entropies: true,
      maxTokens: 8192,
      description: 'a table in memory, for tests',
    };
    this.#bounds = { maxTokens: this.capabilities.maxTokens, vocabularySize: this.#width };
  }

  sample(request: SampleRequest): Observable<SampleEvent> {
    return defer(() => {
      this.#assertUsable();
      checkRequest(request, this.#bounds);
      return from(this.#draw(request));
    });
  }

  async *#draw(request: SampleRequest): AsyncGenerator<SampleEvent> {
    for (const prompt of request.prompts.keys()) {
      for (let completion = 0; completion < request.completionsPerPrompt; completion++) {
        for (const event of this.#complete(request, prompt, completion)) {
          await turn();
          this.#assertUsable();
          yield event;
        }
      }
    }
  }

  *#complete(request: SampleRequest, prompt: number, completion: number): Generator<SampleEvent> {
    const { sampling, seed } = request;
    const random = randomStream(deriveSeed(seed, prompt, completion));
    const context = this.#contextOf(request.prompts[prompt]!);
    const address = { prompt, completion };
    const tokens: number[] = [];
    const logProbs: number[] = [];
    let stopped = false;
    for (let sent = 0; !stopped && tokens.length < sampling.maxNewTokens;) {
      const logits = this.#row(this.#logits, context, tokens.length);
      const token = drawToken(logits, sampling, tokens, random);
      logProbs.push(tokenFigures(logits, token, sampling.temperature || 1).logProb);
      tokens.push(token);
      stopped = this.processor.stopTokenIds.includes(token);
      if (tokens.length - sent < (sampling.chunkTokens ?? 4)) continue;
      yield {
        type: 'chunk',
        ...address,
        tokenIds: Int32Array.from(tokens.slice(sent)),
        logProbs: Float32Array.from(logProbs.slice(sent)),
      };
      sent = tokens.length;
    }
    yield {
      type: 'completion',
      ...address,
      tokenIds: Int32Array.from(tokens),
      logProbs: Float32Array.from(logProbs),
      finishReason: stopped ? 'stop' : 'length',
    };
  }

  async logProbs(
    groups: readonly PolicyGroup[],
    weights: 'current' | 'start',
    { temperature = 1, entropies = false }: Partial<TokenReadout> = {},
  ): Promise<TokenFigures> {
    this.#assertUsable();
    checkGroups(groups, this.#bounds);
    checkReadout({ temperature });
    const table = weights === 'start' ? this.#start : this.#logits;
    const read = (name: keyof TokenFiguresOfRow): Float32Array[][] =>
      groups.map(({ prompt, completions }) => {
        const context = this.#contextOf(prompt);
        return completions.map((tokenIds) =>
          Float32Array.from(tokenIds, (token, position) => {
            const logits = this.#row(table, context, position);
            return tokenFigures(logits, token, temperature)[name];
          }),
        );
      });
    return { logProbs: read('logProb'), ...(entropies && { entropies: read('entropy') }) };
  }

  async forwardBackward(
    groups: readonly TrainingGroup[],
    loss: Loss,
  ): Promise<ForwardBackwardResult> {
    checkTrainingGroups(groups, loss, this.#bounds);
    const { temperature = 1 } = loss;
    const entropies = weighsEntropies(loss);
    const figures = await this.logProbs(groups, 'current', { temperature, entropies });
    let total = 0;
    for (const [groupIndex, { prompt, completions, targets }] of groups.entries()) {
      const context = this.#contextOf(prompt);
      for (const [index, tokenIds] of completions.entries()) {
        for (const [position, token] of tokenIds.entries()) {
          const target = targets[index]!;
          const logProb = figures.logProbs[groupIndex]![index]![position]!;
          const { value, derivative } = tokenLoss(loss, target, position, logProb);
          const weight = target.weights[position]!;
          const entropyWeight = entropies ? target.entropyWeights![position]! : 0;
          const entropy = figures.entropies?.[groupIndex]![index]![position] ?? 0;
          total += weight * value + entropyWeight * entropy;
          const by = { logProb: weight * derivative, entropy: entropyWeight };
          this.#backward(context, position, token, by, temperature);
        }
      }
    }
    return { loss: total, ...figures };
  }

  #backward(
    context: number,
    position: number,
    token: number,
    derivatives: FigureDerivatives,
    temperature: number,
  ): void {
    const logits = this.#row(this.#logits, context, position);
    const gradients = this.#row(this.#gradients, context, position);
    const added = logitGradient(logits, token, derivatives, temperature);
    for (const [index, value] of added.entries()) gradients[index]! += value;
  }

  async optimStep(parameters: OptimStepParameters): Promise<OptimStepResult> {
    this.#assertUsable();
    return this.#optimizer.apply(this.#logits, this.#gradients, parameters);
  }

  async save(directory: string, { optimizer }: SaveOptions): Promise<void> {
    this.#assertUsable();
    const { mean, square, steps } = this.#optimizer.moments;
    const moments = { mean: Array.from(mean), square: Array.from(square), steps };
    const content = { logits: [...this.#logits], ...(optimizer && { moments }) };
    await writeFolderWhole(directory, (folder) =>
      writeFile(join(folder, 'table.json'), JSON.stringify(content)),
    );
  }

  async load(directory: string): Promise<void> {
    this.#assertUsable();
    const file = join(directory, 'table.json');
    try {
      const { logits, moments } = JSON.parse(await readFile(file, 'utf8')) as {
        readonly logits: readonly number[];
        readonly moments?: ArrayMoments;
      };
      if (logits.length !== this.#logits.length) throw new Error('a table of another size');
      this.#optimizer.restore(moments);
      this.#logits.set(logits);
      this.#gradients.fill(0);
    } catch (thrown) {
      throw new LociError('checkpoint-corrupt', `${file}: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
  }

  #row(table: Float64Array, context: number, position: number): Float64Array {
    const row = context * this.#positions + Math.min(position, this.#positions - 1);
    return table.subarray(row * this.#width, (row + 1) * this.#width);
  }

  #contextOf({ tokenIds, media }: EncodedPrompt): number {
    const shades = media.flatMap(({ patches }) => [...patches.filter((_, at) => at % 1176 === 0)]);
    return deriveSeed(0, ...tokenIds, ...shades) % this.#contexts;
  }

  #assertUsable(): void {
    if (this.#disposed) throw new LociError('policy-disposed', 'this policy was disposed of');
  }
}

/** @example const policy = fakePolicy({ words: ['A', 'B'], contexts: 1 }); */
export function fakePolicy(options: FakePolicyOptions = {}): FakePolicy {
  return new FakePolicy(options);
}
