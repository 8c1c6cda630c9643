/** Converts text to token ids and back, by the `tokenizer.json` of a model folder. */
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { LociError, messageOf } from '@loci/core';
import { readModelJson } from '../files/model-file.ts';
import { readAddedTokens } from './added-tokens.ts';

/** A tokenizer that adds nothing to a text. */
export interface TextCodec {
  encode(text: string): Int32Array;
  /**
   * Special tokens that steer the model are left out (`CONTROL_TOKENS`, and those with a role such as `bos_token`). Everything else stays,
   * including tags that are special tokens, and spaces are unchanged.
   */
  decode(tokenIds: Iterable<number>): string;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Reads the tokenizer of a model folder. @throws LociError `model-file` naming the file. */
export async function readTokenizer(folder: string): Promise<TextCodec> {
  const file = join(folder, 'tokenizer.json');
  const definition = await readModelJson(file);
  const config = (await readModelJson(join(folder, 'tokenizer_config.json'))) ?? {};
  if (!isObject(definition)) {
    throw new LociError(
      'model-file',
      `${file} is missing, and vocab.json with merges.txt is not supported: ` +
        'AutoTokenizer.from_pretrained(folder).save_pretrained(folder) of transformers writes it',
    );
  }
  try {
    return createTextCodec(definition, isObject(config) ? config : {});
  } catch (cause) {
    const what = LociError.is(cause) ? folder : `${file} is not a tokenizer`;
    throw new LociError('model-file', `${what}: ${messageOf(cause)}`, { cause });
  }
}

/** A codec from the contents of `tokenizer.json` and `tokenizer_config.json`. */
export function createTextCodec(definition: object, config: object): TextCodec {
  const { definition: whole, silent } = readAddedTokens(definition, config);
  const tokenizer = new Tokenizer(whole, config);
  return {
    encode: (text) =>
      text === ''
        ? new Int32Array()
        : Int32Array.from(tokenizer.encode(text, { add_special_tokens: false }).ids),
    decode: (tokenIds) => {
      const ids = [...tokenIds].filter((id) => !silent.has(id));
      if (ids.length === 0) return '';
      return tokenizer.decode(ids, {
        skip_special_tokens: false,
        clean_up_tokenization_spaces: false,
      });
    },
  };
}
