/** Opens the processor of a model folder: tokenizer, chat template and media preprocessing behind one interface. */
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type { EncodedPrompt, FrameTreatment, Message, Processor } from '@loci/core';
import { z } from 'zod';
import { createFrameCache } from '@loci/media';
import type { FrameCache } from '@loci/media';
import { readModel } from '../models/index.ts';
import type { Architecture, Model } from '../models/spec/model.ts';
import { readChatTemplate } from '../text/chat-template.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import { readModelJson } from '../files/model-file.ts';
import { openedReader } from '../text/opened-text.ts';
import { encodeParts } from './encode-parts.ts';
import { COMPLETION_TAGS } from '../text/special-tokens.ts';
import { readTokenizer } from '../text/tokenizer.ts';
import type { TextCodec } from '../text/tokenizer.ts';

/** Limits of a processor. */
export interface ProcessorOptions {
  /** The longest accepted prompt in tokens, media included. Default: the model's `max_position_embeddings`. */
  readonly maxPromptTokens?: number;
  /** Memory for decoded frames. Default: 256 MiB. */
  readonly frameCacheBytes?: number;
  /** A slower cache that is tried before decoding. */
  readonly frameCache?: FrameCache | undefined;
  /** Architectures that the folder may have besides those of Loci. */
  readonly architectures?: readonly Architecture[] | undefined;
}

const DEFAULT_CACHE_BYTES = 256 * 2 ** 20;

const generationSchema = z.object({
  eos_token_id: z.union([z.int(), z.array(z.int())]).nullish(),
  pad_token_id: z.int().nullish(),
});

/** Checks that template, tokenizer and config agree on the placeholders, rather than let the first video of a run fail. */
function checkPlaceholders(
  folder: string,
  codec: TextCodec,
  render: ChatTemplate,
  { tokens }: Model,
): void {
  const kinds = ['video', 'image'] as const;
  const parts = kinds.map((kind) => ({ type: 'media', media: { kind, path: kind } }) as const);
  const ids = codec.encode(render([{ role: 'user', parts: [...parts] }]));
  const found = [...ids].filter((id) => id === tokens.image || id === tokens.video);
  if (found.length === 2 && kinds.every((kind, place) => found[place] === tokens[kind])) return;
  throw new LociError(
    'model-file',
    `${folder}: for a message with a video and an image, the chat template and tokenizer.json give the placeholders [${found.join(', ')}], ` +
      `but config.json has [${tokens.video}, ${tokens.image}] ("video_token_id", "image_token_id"). Take template, tokenizer and config ` +
      'from one model; <|video_pad|> and <|image_pad|> must be among the added_tokens of tokenizer.json',
  );
}

/** Rejects tags among the tokens that end or pad a completion. Those are left out of its text, so every reward would miss the tag. */
function checkTags(
  codec: TextCodec,
  what: 'eos_token_id' | 'pad_token_id',
  ids: readonly number[],
  file: string,
): void {
  for (const tag of COMPLETION_TAGS) {
    const lost = codec.encode(tag).find((id) => ids.includes(id));
    if (lost === undefined) continue;
    throw new LociError(
      'model-file',
      `${file}: "${what}" holds ${lost}, which is ${tag} in tokenizer.json. Such tokens are left out of a completion's text, so no reward ` +
        `would ever read ${tag}. Take ${lost} out of "${what}"`,
    );
  }
}

/**
 * Opens the processor of a model folder in Hugging Face layout: `config.json`, `tokenizer.json`, `tokenizer_config.json`,
 * and where present `preprocessor_config.json` and `generation_config.json`.
 *
 * @throws LociError `model-config`, `model-file` or `preprocessor-config` naming the file.
 */
export async function createProcessor(
  folder: string,
  options: ProcessorOptions = {},
): Promise<Processor> {
  const model = await readModel(folder, options.architectures);
  const codec = await readTokenizer(folder);
  const render = await readChatTemplate(folder);
  checkPlaceholders(folder, codec, render, model);
  const { prompts, tokens, decoder } = model;
  const frames = await prompts.readFrameSettings(folder);
  const generationFile = join(folder, 'generation_config.json');
  const generation = generationSchema.safeParse((await readModelJson(generationFile)) ?? {});
  if (!generation.success) {
    throw new LociError('model-file', `${generationFile}: ${z.prettifyError(generation.error)}`);
  }
  const encodeMedia = prompts.mediaEncoder(
    frames,
    createFrameCache(options.frameCacheBytes ?? DEFAULT_CACHE_BYTES, options.frameCache),
  );
  const limit = options.maxPromptTokens ?? decoder.maxPositions;
  const { eos_token_id: stops = null, pad_token_id: pad = null } = generation.data;
  const stopTokenIds = [stops ?? tokens.eos].flat();
  const padTokenId = pad ?? tokens.pad;
  const configFile = join(folder, 'config.json');
  const fileOf = (given: unknown) => (given === null ? configFile : generationFile);
  checkTags(codec, 'eos_token_id', stopTokenIds, fileOf(stops));
  checkTags(codec, 'pad_token_id', [padTokenId], fileOf(pad));
  const { image, video, visionStart, visionEnd } = tokens;
  const silent = new Set([...stopTokenIds, padTokenId, image, video, visionStart, visionEnd]);
  const openedBy = openedReader(render);

  const encode = async (
    messages: readonly Message[],
    treatment: FrameTreatment = { kind: 'as-filmed' },
  ): Promise<EncodedPrompt> => {
    const encoded = await encodeParts(messages, treatment, encodeMedia, model.vision.patchSize);
    const { media, shown } = encoded;
    const rendered = render(encoded.messages);
    const tokenIds = prompts.encode(rendered, media, codec);
    if (tokenIds.length > limit) {
      const inMedia = tokenIds.filter((id) => id === tokens.image || id === tokens.video).length;
      throw new LociError(
        'prompt-too-long',
        `the prompt has ${tokenIds.length} tokens, ${inMedia} of them media; the limit is ${limit}. ` +
          'Use fewer or smaller frames or a shorter question: prompts are never truncated',
        { details: { tokens: tokenIds.length, mediaTokens: inMedia, limit } },
      );
    }
    return { tokenIds, media, shown, opened: openedBy(rendered) };
  };

  return {
    stopTokenIds,
    padTokenId,
    vocabularySize: decoder.vocabularySize,
    encode,
    tokenize: (text) => codec.encode(text),
    detokenize: (tokenIds) => codec.decode(tokenIds.filter((id) => !silent.has(id))),
  };
}
