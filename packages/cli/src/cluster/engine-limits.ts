/**
 * The frame areas that transformers does not rescale, by the files of a model folder. Engines preprocess the frames of Loci once more by
 * these rules, which must leave them unchanged.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PixelLimits } from '@loci/media';

/** Defaults of the classes of transformers, where no file sets a limit. */
const CLASS_LIMITS = {
  qwen2: {
    image: { minPixels: 56 ** 2, maxPixels: 1280 * 28 ** 2 },
    video: { minPixels: 128 * 28 ** 2, maxPixels: 768 * 28 ** 2 },
  },
  qwen3: {
    image: { minPixels: 256 ** 2, maxPixels: 4096 ** 2 },
    video: { minPixels: 128 * 32 ** 2, maxPixels: 768 * 32 ** 2 },
  },
} as const;

/** Limits by kind, in pixels; for a video of Qwen3-VL, of all its frames together. */
export function engineLimits(
  folder: string,
  modelType: string,
): Readonly<Record<'image' | 'video', PixelLimits>> {
  const defaults = CLASS_LIMITS[modelType.startsWith('qwen2') ? 'qwen2' : 'qwen3'];
  const [images, videos, shared] = [
    'preprocessor_config.json',
    'video_preprocessor_config.json',
    'processor_config.json',
  ].map((name) => readJson(join(folder, name)));
  const image = images ?? shared?.['image_processor'];
  const video = videos ?? shared?.['video_processor'] ?? image;
  // Model folders that Loci made have this key; transformers does not know it.
  const own = (image as Json | undefined)?.['loci_video'];
  return {
    image: limitsIn(image, defaults.image),
    video: limitsIn(videos === undefined ? (own ?? video) : video, defaults.video),
  };
}

type Json = Readonly<Record<string, unknown>>;

/** Undefined for a missing file; the model's own reader reports broken ones. */
function readJson(file: string): Json | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch {
    return undefined;
  }
}

function limitsIn(json: unknown, defaults: PixelLimits): PixelLimits {
  const { min_pixels: least, max_pixels: most, size } = (json ?? {}) as Json;
  const { shortest_edge: shortest, longest_edge: longest } = (size ?? {}) as Json;
  const first = (...values: readonly unknown[]): number =>
    values.find((value) => typeof value === 'number') as number;
  return {
    minPixels: first(least, shortest, defaults.minPixels),
    maxPixels: first(most, longest, defaults.maxPixels),
  };
}
