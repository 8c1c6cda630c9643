/** Defines the tokens with a meaning for the model itself. */

/** Their ids, as `config.json` has them. */
export interface SpecialTokenIds {
  readonly image: number;
  readonly video: number;
  readonly visionStart: number;
  readonly visionEnd: number;
  /** Tokens that end a completion, the tokenizer's own first. */
  readonly eos: readonly number[];
  /** Published files omit it; then `bos` (`<|endoftext|>`) pads. */
  readonly pad: number;
  readonly bos: number;
}

/**
 * Special tokens of the published Qwen vocabularies: turns of a conversation, media, and marks of places in a picture. They steer the model
 * and are left out of texts. A special token with another name was added on purpose and stays.
 */
export const CONTROL_TOKENS: ReadonlySet<string> = new Set([
  ...['<|endoftext|>', '<|im_start|>', '<|im_end|>'],
  ...['<|object_ref_start|>', '<|object_ref_end|>'],
  ...['<|box_start|>', '<|box_end|>', '<|quad_start|>', '<|quad_end|>'],
  ...['<|vision_start|>', '<|vision_end|>', '<|vision_pad|>', '<|image_pad|>', '<|video_pad|>'],
]);

/** Keys of `tokenizer_config.json` that give a token its role. */
export const TOKEN_ROLES = [
  ...(['bos_token', 'eos_token', 'pad_token', 'unk_token'] as const),
  ...(['cls_token', 'sep_token', 'mask_token'] as const),
];

/** Tags of a completion, which rewards read; always kept in texts, even where the tokenizer calls them special. */
export const COMPLETION_TAGS: readonly string[] = [
  '<think>',
  '</think>',
  '<answer>',
  '</answer>',
  '<map>',
  '</map>',
];
