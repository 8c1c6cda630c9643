/** How a model wants its frames: `preprocessor_config.json` of its folder, SpaceR's training values where it is silent. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';
import { writeFileAtomically } from '../model/atomic-file.ts';
import { TRAINING_FRAME_AREA, TRAINING_FRAME_RATE } from './frame-sampling.ts';
import type { FrameRate } from './frame-sampling.ts';
import type { Normalisation } from './patches.ts';

/** Least and greatest area of a picture after scaling. */
export interface PixelLimits {
  readonly minPixels: number;
  readonly maxPixels: number;
}

/** Everything that turns a media file into patches, the patch sizes of the model config aside. */
export interface FrameSettings {
  readonly normalisation: Normalisation;
  readonly image: PixelLimits;
  readonly video: PixelLimits & FrameRate;
}

/** Means and deviations of CLIP, which Qwen2.5-VL keeps. */
export const CLIP_NORMALISATION: Normalisation = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** What SpaceR trained with. */
export const DEFAULT_FRAME_SETTINGS: FrameSettings = {
  normalisation: CLIP_NORMALISATION,
  image: { minPixels: 4 * 28 * 28, maxPixels: 256 * 28 * 28 },
  video: {
    ...TRAINING_FRAME_RATE,
    minPixels: TRAINING_FRAME_AREA.min,
    maxPixels: TRAINING_FRAME_AREA.max,
  },
};

const area = z.int().positive();
const channels = z.array(z.number()).length(3);
const schema = z.object({
  image_mean: channels.optional(),
  image_std: channels.optional(),
  min_pixels: area.optional(),
  max_pixels: area.optional(),
  loci_video: z
    .object({
      fps: z.number().positive(),
      min_frames: z.int().min(2),
      max_frames: z.int().min(2),
      min_pixels: area,
      max_pixels: area,
    })
    .partial()
    .optional(),
});

/**
 * Reads `preprocessor_config.json` of a model folder. The published files give no frame rate, so ours stands under the key
 * `loci_video`. A folder without the file gets the defaults.
 *
 * @throws LociError `preprocessor-config` naming the file and the key.
 */
export async function readFrameSettings(folder: string): Promise<FrameSettings> {
  const file = join(folder, 'preprocessor_config.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return DEFAULT_FRAME_SETTINGS;
    throw new LociError('preprocessor-config', `${file}: ${messageOf(error)}`, { cause: error });
  }
  let json: z.infer<typeof schema>;
  try {
    json = schema.parse(JSON.parse(text));
  } catch (cause) {
    const problem =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path, message }) => `"${path.join('.')}": ${message}`).join('; ')
        : messageOf(cause);
    throw new LociError('preprocessor-config', `${file}: ${problem}`, { cause });
  }
  const { image, video, normalisation } = DEFAULT_FRAME_SETTINGS;
  const own = json.loci_video ?? {};
  return {
    normalisation: {
      mean: json.image_mean ?? normalisation.mean,
      std: json.image_std ?? normalisation.std,
    },
    image: {
      minPixels: json.min_pixels ?? image.minPixels,
      maxPixels: json.max_pixels ?? image.maxPixels,
    },
    video: {
      fps: own.fps ?? video.fps,
      minFrames: own.min_frames ?? video.minFrames,
      maxFrames: own.max_frames ?? video.maxFrames,
      minPixels: own.min_pixels ?? video.minPixels,
      maxPixels: own.max_pixels ?? video.maxPixels,
    },
  };
}

/** Writes `preprocessor_config.json` into a model folder; `readFrameSettings` reads the same settings back. */
export async function writeFrameSettings(folder: string, settings: FrameSettings): Promise<void> {
  const { normalisation, image, video } = settings;
  const json = {
    image_processor_type: 'Qwen2VLImageProcessor',
    processor_class: 'Qwen2_5_VLProcessor',
    image_mean: normalisation.mean,
    image_std: normalisation.std,
    min_pixels: image.minPixels,
    max_pixels: image.maxPixels,
    loci_video: {
      fps: video.fps,
      min_frames: video.minFrames,
      max_frames: video.maxFrames,
      min_pixels: video.minPixels,
      max_pixels: video.maxPixels,
    },
  };
  const text = `${JSON.stringify(json, null, 2)}\n`;
  await writeFileAtomically(join(folder, 'preprocessor_config.json'), [
    new TextEncoder().encode(text),
  ]);
}
