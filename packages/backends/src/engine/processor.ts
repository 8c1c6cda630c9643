/** The processor of a model folder: tokenizer, chat template and media preprocessing behind one interface. */
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type {
  EncodedMedia,
  EncodedPrompt,
  FrameTreatment,
  Message,
  Processor,
  ShownMedia,
} from '@loci/core';
import { z } from 'zod';
import { readModelConfig } from '../models/qwen2-5-vl/config.ts';
import type { ModelConfig } from '../models/qwen2-5-vl/config.ts';
import { mergedTokens } from '../models/qwen2-5-vl/positions.ts';
import { createMediaEncoder } from '../models/parts/encode-media.ts';
import { createFrameCache } from '@loci/media';
import type { FrameCache } from '@loci/media';
import { readFrameSettings } from '../models/parts/preprocessor-files.ts';
import { readChatTemplate } from '../text/chat-template.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import { readModelJson } from '../files/model-file.ts';
import { readTokenizer } from '../text/tokenizer.ts';
import type { TextCodec } from '../text/tokenizer.ts';

/** Limits of a processor. */
export interface ProcessorOptions {
  /** Longest prompt that is encoded, media included. Default: the model's `max_position_embeddings`. */
  readonly maxPromptTokens?: number;
  /** Memory for decoded frames. Default: 256 MiB. */
  readonly frameCacheBytes?: number;
  /** Where frames that are not in memory are looked for before they are decoded. */
  readonly frameCache?: FrameCache | undefined;
}

const DEFAULT_CACHE_BYTES = 256 * 2 ** 20;

const generationSchema = z.object({
  eos_token_id: z.union([z.int(), z.array(z.int())]).nullish(),
  pad_token_id: z.int().nullish(),
});

/**
 * Repeats each placeholder as often as its medium has tokens.
 *
 * @param tokenIds of the rendered conversation, one placeholder a medium.
 * @throws LociError `media-mismatch` when placeholders and media differ in number or kind.
 */
export function expandPlaceholders(
  tokenIds: Int32Array,
  media: readonly EncodedMedia[],
  { tokens, vision }: ModelConfig,
): Int32Array {
  const counts = media.map(({ grid }) => mergedTokens(grid, vision.spatialMergeSize));
  const expanded = new Int32Array(
    tokenIds.length + counts.reduce((sum, count) => sum + count - 1, 0),
  );
  let used = 0;
  let to = 0;
  for (const id of tokenIds) {
    if (id !== tokens.image && id !== tokens.video) {
      expanded[to++] = id;
      continue;
    }
    const kind = id === tokens.video ? 'video' : 'image';
    if (media[used]?.kind !== kind) {
      throw new LociError(
        'media-mismatch',
        `placeholder ${used + 1} of the prompt is for a ${kind}, the medium is ${media[used]?.kind ?? 'missing'}; ` +
          'the text of a message must not contain placeholders itself',
      );
    }
    expanded.fill(id, to, (to += counts[used++]!));
  }
  if (used !== media.length) {
    throw new LociError(
      'media-mismatch',
      `the chat template left ${used} placeholders for ${media.length} media`,
    );
  }
  return expanded;
}

/** Template, tokenizer and config must speak of the same tokens, or the first video of a run would find it out. */
function checkPlaceholders(
  folder: string,
  codec: TextCodec,
  render: ChatTemplate,
  { tokens }: ModelConfig,
): void {
  const kinds = ['video', 'image'] as const;
  const parts = kinds.map((kind) => ({ type: 'media', media: { kind, path: kind } }) as const);
  const ids = codec.encode(render([{ role: 'user', parts: [...parts] }]));
  const found = [...ids].filter((id) => id === tokens.image || id === tokens.video);
  if (found.length === 2 && kinds.every((kind, place) => found[place] === tokens[kind])) return;
  throw new LociError(
    'model-file',
    `${folder}: of a message with a video and an image the chat template and tokenizer.json make the placeholders [${found.join(', ')}], ` +
      `and config.json says [${tokens.video}, ${tokens.image}] ("video_token_id", "image_token_id"). Take template, tokenizer and config ` +
      'from one model; <|video_pad|> and <|image_pad|> must be among the added_tokens of tokenizer.json',
  );
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
  const config = await readModelConfig(folder);
  const codec = await readTokenizer(folder);
  const render = await readChatTemplate(folder);
  checkPlaceholders(folder, codec, render, config);
  const frames = await readFrameSettings(folder, config.vision);
  const generationFile = join(folder, 'generation_config.json');
  const generation = generationSchema.safeParse((await readModelJson(generationFile)) ?? {});
  if (!generation.success) {
    throw new LociError('model-file', `${generationFile}: ${z.prettifyError(generation.error)}`);
  }
  const encodeMedia = createMediaEncoder(
    config.vision,
    frames,
    createFrameCache(options.frameCacheBytes ?? DEFAULT_CACHE_BYTES, options.frameCache),
  );
  const limit = options.maxPromptTokens ?? config.text.maxPositionEmbeddings;
  const stopTokenIds = [generation.data.eos_token_id ?? config.tokens.eos].flat();
  const padTokenId = generation.data.pad_token_id ?? config.tokens.pad;
  const silent = new Set([...stopTokenIds, padTokenId]);

  const encode = async (
    messages: readonly Message[],
    treatment: FrameTreatment = { kind: 'as-filmed' },
  ): Promise<EncodedPrompt> => {
    const parts = messages.flatMap((message) => message.parts);
    const media = await Promise.all(
      parts.flatMap((part) =>
        part.type === 'media' ? [encodeMedia(part.media, treatment, part.frames)] : [],
      ),
    );
    const text = codec.encode(render(messages));
    const tokenIds = expandPlaceholders(text, media, config);
    if (tokenIds.length > limit) {
      const inMedia = tokenIds.length - text.length + media.length;
      throw new LociError(
        'prompt-too-long',
        `the prompt has ${tokenIds.length} tokens, ${inMedia} of them media; the limit is ${limit}. ` +
          'Use fewer or smaller frames or a shorter question: prompts are never cut',
        { details: { tokens: tokenIds.length, mediaTokens: inMedia, limit } },
      );
    }
    return { tokenIds, media, shown: media.map(shownMedia) };
  };

  const { patchSize } = config.vision;
  function shownMedia({ kind, grid, frameSeconds }: EncodedMedia): ShownMedia {
    const [, rows, columns] = grid;
    const size = { width: columns * patchSize, height: rows * patchSize };
    if (frameSeconds === undefined) return { kind, frames: 1, ...size };
    return { kind, frames: frameSeconds.length, ...size, seconds: frameSeconds };
  }

  return {
    stopTokenIds,
    padTokenId,
    vocabularySize: config.text.vocabularySize,
    encode,
    tokenize: (text) => codec.encode(text),
    detokenize: (tokenIds) => codec.decode(tokenIds.filter((id) => !silent.has(id))),
  };
}
