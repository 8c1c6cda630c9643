/** Reads the tokens that a folder adds to its vocabulary, and finds those that are left out of texts. */
import { LociError } from '@loci/core';
import { z } from 'zod';
import { COMPLETION_TAGS, CONTROL_TOKENS, TOKEN_ROLES } from './special-tokens.ts';

const tokenFacts = z.looseObject({ content: z.string(), special: z.boolean().default(false) });
const addedToken = tokenFacts.extend({ id: z.int().nonnegative() });
/** A token as a text, or as an object with its `content`. */
const written = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform(({ content }) => content),
]);
const definitionSchema = z.looseObject({
  added_tokens: z.array(addedToken).nullish(),
  model: z.looseObject({ vocab: z.unknown() }),
});
const configSchema = z.looseObject({
  added_tokens_decoder: z.record(z.string(), tokenFacts).nullish(),
  additional_special_tokens: z.array(written).nullish().catch(undefined),
});

type AddedToken = z.output<typeof addedToken>;

/** The added tokens of the two files of a tokenizer. */
export interface AddedTokens {
  /** Content of `tokenizer.json`, with the tokens that only `tokenizer_config.json` has added. */
  readonly definition: object;
  /** Ids that are left out of a text: special tokens that steer the model. */
  readonly silent: ReadonlySet<number>;
}

/**
 * Reads the added tokens of a tokenizer. As in transformers, `added_tokens_decoder` of `tokenizer_config.json` may have tokens that
 * `tokenizer.json` lacks.
 *
 * @throws LociError `model-file` naming a token whose id belongs to another one, or the part of the files with a wrong form.
 */
export function readAddedTokens(tokenizerJson: object, configJson: object): AddedTokens {
  const { added_tokens, model } = parsed(definitionSchema, tokenizerJson, 'tokenizer.json');
  const config = parsed(configSchema, configJson, 'tokenizer_config.json');
  const own = added_tokens ?? [];
  const known = new Set(own.map(({ content }) => content));
  const further = Object.entries(config.added_tokens_decoder ?? {})
    .filter(([, { content }]) => !known.has(content))
    .map(([id, token]): AddedToken => ({ ...token, id: Number(id) }))
    .sort((a, b) => a.id - b.id);
  if (further.length > 0) checkFree(further, own, model.vocab);
  const named = new Set(config.additional_special_tokens ?? []);
  const roles = new Set(TOKEN_ROLES.map((role) => written.safeParse(config[role]).data));
  const isSilent = ({ content, special }: AddedToken): boolean =>
    (special || named.has(content)) &&
    (CONTROL_TOKENS.has(content) || roles.has(content)) &&
    !COMPLETION_TAGS.includes(content);
  const added = [...own, ...further];
  return {
    definition: further.length === 0 ? tokenizerJson : { ...tokenizerJson, added_tokens: added },
    silent: new Set(added.filter(isSilent).map(({ id }) => id)),
  };
}

function parsed<Output>(schema: z.ZodType<Output>, json: object, file: string): Output {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  throw new LociError('model-file', `${file}: ${z.prettifyError(read.error)}`);
}

/** @param vocabulary tokens with their ids, where the tokenizer's model has such a table. */
function checkFree(
  tokens: readonly AddedToken[],
  own: readonly AddedToken[],
  vocabulary: unknown,
): void {
  const isTable = typeof vocabulary === 'object' && !Array.isArray(vocabulary);
  const holders = new Map<unknown, string>(
    Object.entries(isTable ? (vocabulary ?? {}) : {}).map(([token, id]) => [id, token]),
  );
  for (const { id, content } of own) holders.set(id, content);
  for (const { id, content } of tokens) {
    const holder = holders.get(id) ?? content;
    if (holder === content) continue;
    throw new LociError(
      'model-file',
      `"added_tokens_decoder" of tokenizer_config.json gives ${content} the id ${id}, which belongs to ${holder} in tokenizer.json; ` +
        'completions could not be decoded. Save the tokenizer again with save_pretrained(folder) of transformers',
    );
  }
}
