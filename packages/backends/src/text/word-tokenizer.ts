/**
 * Builds a word-level tokenizer for small models: one token for each word, digit, piece of map notation or other character. It is stored as
 * a `tokenizer.json` that every reader of the format understands: a BPE without merges that takes whole words from its vocabulary
 * (`ignore_merges`) and spells words that it does not know.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJsonAtomically } from '@loci/core';
import { COMPLETION_TAGS } from './special-tokens.ts';
import type { SpecialTokenIds } from './special-tokens.ts';

/** Control tokens of the model, in the spelling of Qwen2.5-VL. Never part of a completion's text. */
const MODEL_TOKENS = [
  '<|endoftext|>',
  '<|im_start|>',
  '<|im_end|>',
  '<|vision_start|>',
  '<|vision_end|>',
  '<|image_pad|>',
  '<|video_pad|>',
] as const;

const UNKNOWN = '<unk>';

/** Pieces of map notation that are one token each, as in `{"chair":[[1,2],[3,4]],"desk":[[5,6]]}`. */
export const MAP_PIECES: readonly string[] = ['":', ',"', '[[', ']]', '],['];

/** Chat format of Qwen without its default system message. */
const CHAT_TEMPLATE = [
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n",
  "{% if message['content'] is string %}{{ message['content'] }}{% else %}",
  "{% for part in message['content'] %}",
  "{% if part['type'] == 'video' %}<|vision_start|><|video_pad|><|vision_end|>",
  "{% elif part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>",
  "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n",
  '{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}',
].join('');

/** The sources of a word tokenizer. */
export interface WordTokenizerOptions {
  /** Texts whose words become tokens: prompts and completions of the data. */
  readonly texts: Iterable<string>;
  /** Single tokens with a meaning, kept in text. Default: `COMPLETION_TAGS`. */
  readonly tags?: readonly string[];
  /** Runs of punctuation that are one token. Default: `MAP_PIECES`. */
  readonly pieces?: readonly string[];
}

/** The files of a tokenizer, before they are written. */
export interface WordTokenizer {
  /** Content of `tokenizer.json`. */
  readonly tokenizer: object;
  /** Content of `tokenizer_config.json`, chat template included. */
  readonly tokenizerConfig: object;
  readonly vocabularySize: number;
  /** Ids for the model's `config.json`. */
  readonly tokens: SpecialTokenIds;
}

const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A word includes the space before it. Longer pieces come first, or `":[[` would never match before `[[`. */
function wordPattern(pieces: readonly string[]): string {
  const longestFirst = [...pieces].sort((a, b) => b.length - a.length);
  return [...longestFirst.map(escape), ' ?[A-Za-z]+', '[\\s\\S]'].join('|');
}

/** Printable ASCII and the line break: enough to spell any English word. */
function characters(): readonly string[] {
  const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  return ['\n', ...printable];
}

/**
 * Builds a word tokenizer. The same words give the same ids, whatever the order of the texts.
 *
 * @example buildWordTokenizer({ texts: ['how many chairs?', '<answer>2</answer>'] })
 */
export function buildWordTokenizer(options: WordTokenizerOptions): WordTokenizer {
  const { texts, tags = COMPLETION_TAGS, pieces = MAP_PIECES } = options;
  const pattern = wordPattern(pieces);
  const words = new Set<string>(['system', 'user', 'assistant', ...pieces]);
  const known = new Set<string>([...MODEL_TOKENS, ...tags]);
  const splitAtTags = new RegExp(`(${[...known].map(escape).join('|')})`);
  const match = new RegExp(pattern, 'gu');
  for (const text of texts) {
    for (const section of text.split(splitAtTags)) {
      if (known.has(section)) continue;
      for (const [word] of section.matchAll(match)) words.add(word);
    }
  }
  const plain = characters();
  for (const character of plain) words.delete(character);
  const vocabulary = [...known, UNKNOWN, ...plain, ...[...words].sort()];
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const id = (token: (typeof MODEL_TOKENS)[number]) => ids.get(token)!;
  const added = [...known].map((content) => ({
    id: ids.get(content)!,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: !tags.includes(content),
  }));
  return {
    vocabularySize: vocabulary.length,
    tokens: {
      bos: id('<|endoftext|>'),
      pad: id('<|endoftext|>'),
      eos: [id('<|im_end|>')],
      visionStart: id('<|vision_start|>'),
      visionEnd: id('<|vision_end|>'),
      image: id('<|image_pad|>'),
      video: id('<|video_pad|>'),
    },
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: {
        type: 'Split',
        pattern: { Regex: pattern },
        behavior: 'Isolated',
        invert: false,
      },
      post_processor: null,
      decoder: { type: 'Fuse' },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: UNKNOWN,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: true,
        vocab: Object.fromEntries(ids),
        merges: [],
      },
    },
    tokenizerConfig: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: null,
      eos_token: '<|im_end|>',
      pad_token: '<|endoftext|>',
      unk_token: UNKNOWN,
      clean_up_tokenization_spaces: false,
      chat_template: CHAT_TEMPLATE,
    },
  };
}

/** Writes `tokenizer.json`, `tokenizer_config.json` and `generation_config.json` (the tokens that stop) into a model folder. */
export async function writeWordTokenizer(folder: string, built: WordTokenizer): Promise<void> {
  const { bos, pad, eos } = built.tokens;
  const files = {
    'tokenizer.json': built.tokenizer,
    'tokenizer_config.json': built.tokenizerConfig,
    'generation_config.json': {
      bos_token_id: bos,
      eos_token_id: [...eos, pad],
      pad_token_id: pad,
      do_sample: true,
      temperature: 1,
    },
  };
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await writeJsonAtomically(join(folder, name), content, 1);
  }
}
