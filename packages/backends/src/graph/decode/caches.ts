/** Manages the stored tensors of a generation: the keys and values of its prompts and of the tokens so far, and the last logits. */
import type { DecoderSizes } from '../../models/spec/sizes.ts';
import type { Generation } from '../../engine/generation.ts';
import type { Feed, Fetch } from '../engine/runtime-messages.ts';
import type { LiveRows } from './live-rows.ts';

/** Names of the cached tensors of a place, one pair a layer: inputs of graphs, and for `prompt` outputs of the graph that reads it. */
export function cacheNames(place: 'prompt' | 'past', layers: number): readonly string[] {
  return Array.from({ length: layers }, (_, layer) => [
    `${place}Key.${layer}`,
    `${place}Value.${layer}`,
  ]).flat();
}

/** The output that replaces a cached tensor of `past`. */
export function grownName(pastName: string): string {
  return pastName.replace('past', 'grown');
}

let generations = 0;

/** The stored tensors of one generation, under names of its own. */
export class DecodeCaches {
  readonly #prefix = `decode.${generations++}.`;
  readonly #promptNames: readonly string[];
  readonly #pastNames: readonly string[];
  readonly #promptShape: readonly number[];
  readonly #pastShape: (made: number, rows: number) => readonly number[];
  readonly #vocabulary: number;

  constructor({ prompts, layout }: Generation, decoder: DecoderSizes) {
    const { layers, kvHeads, headDim, vocabularySize } = decoder;
    const heads = prompts.length * kvHeads;
    this.#promptNames = cacheNames('prompt', layers);
    this.#pastNames = cacheNames('past', layers);
    this.#promptShape = [heads, layout.promptLength, headDim];
    this.#pastShape = (made, rows) => [kvHeads * rows, made, headDim];
    this.#vocabulary = vocabularySize;
  }

  /** Feeds of the prompts' keys and values. */
  get prompt(): Record<string, Feed> {
    return this.#feeds(this.#promptNames, this.#promptShape);
  }

  /** Feeds of those of `made` tokens of the rows of a run. */
  past(made: number, { rows }: Pick<LiveRows, 'rows'>): Record<string, Feed> {
    return this.#feeds(this.#pastNames, this.#pastShape(made, rows.length));
  }

  /** Feed of the logits that the next token of each row of a run is drawn from. */
  logits({ rows }: Pick<LiveRows, 'rows'>): Feed {
    const shape = [rows.length, this.#vocabulary];
    return { type: 'float32', shape, stored: this.#stored('logits') };
  }

  /** Stores the results of reading the prompts. */
  get keepPrompt(): Record<string, Fetch> {
    return this.#fetches(this.#promptNames, (name) => name);
  }

  /** Stores the grown past. */
  get keepPast(): Record<string, Fetch> {
    return this.#fetches(this.#pastNames, grownName);
  }

  /** Stores logits. */
  get keepLogits(): Fetch {
    return { store: this.#stored('logits') };
  }

  /** All names that a generation may store. */
  get all(): readonly string[] {
    return ['logits', ...this.#promptNames, ...this.#pastNames].map((name) => this.#stored(name));
  }

  #stored(name: string): string {
    return this.#prefix + name;
  }

  /** Tensors without elements are not stored. */
  #feeds(names: readonly string[], shape: readonly number[]): Record<string, Feed> {
    const isEmpty = shape.includes(0);
    return Object.fromEntries(
      names.map((name): [string, Feed] => {
        const from = isEmpty ? { data: new Float32Array(0) } : { stored: this.#stored(name) };
        return [name, { type: 'float32', shape, ...from }];
      }),
    );
  }

  #fetches(names: readonly string[], outputOf: (name: string) => string): Record<string, Fetch> {
    return Object.fromEntries(
      names.map((name): [string, Fetch] => [outputOf(name), { store: this.#stored(name) }]),
    );
  }
}
