/**
 * The areas within which transformers leaves frames as they are, by the files of a model folder: other programs scale the frames that Loci
 * hands them by these rules once more, and must find nothing to do.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PixelLimits } from '@loci/media';

/** What the classes of transformers hold where no file says anything. */
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

/** Limits by kind; those of a video of Qwen3-VL count the pixels of all its frames. */
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
  // Loci's own folders, of fresh models, say it here; transformers does not know the key.
  const own = (image as Json | undefined)?.['loci_video'];
  return {
    image: limitsIn(image, defaults.image),
    video: limitsIn(videos === undefined ? (own ?? video) : video, defaults.video),
  };
}

type Json = Readonly<Record<string, unknown>>;

/** The rest of the program has checked these files already. */
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
