/** Tokens that mean something to a model itself. */

/** Their ids, as `config.json` has them. */
export interface SpecialTokenIds {
  readonly image: number;
  readonly video: number;
  readonly visionStart: number;
  readonly visionEnd: number;
  /** Tokens that end a completion, the tokenizer's own first. */
  readonly eos: readonly number[];
  /** Published files leave it out; `bos` (`<|endoftext|>`) pads then. */
  readonly pad: number;
  readonly bos: number;
}
