/**
 * Reads and writes the frame settings of a model folder: `preprocessor_config.json` and related files, by the rules of the architecture.
 */
import { join } from 'node:path';
import { LociError, writeJsonAtomically } from '@loci/core';
import { z } from 'zod';
import type { VisionSizes } from '../spec/sizes.ts';
import { readModelJson } from '../../files/model-file.ts';
import type { FrameSettings, Normalisation } from '@loci/media';

const area = z.int().positive();
const channels = z.array(z.number()).length(3);
const always = z.literal(
  true,
  'Loci always does this; without it the model would see other pixels',
);
const PIL_BICUBIC = 3;
const schema = z.object({
  image_mean: channels.nullish(),
  image_std: channels.nullish(),
  min_pixels: area.nullish(),
  max_pixels: area.nullish(),
  // Since transformers 4.56 these hold the limits; both are areas, despite their names.
  size: z.object({ shortest_edge: area.optional(), longest_edge: area.optional() }).nullish(),
  patch_size: area.nullish(),
  temporal_patch_size: area.nullish(),
  merge_size: area.nullish(),
  do_resize: always.nullish(),
  do_rescale: always.nullish(),
  do_normalize: always.nullish(),
  rescale_factor: z
    .number()
    .min(1 / 255.01)
    .max(1 / 254.99)
    .nullish(),
  resample: z.literal(PIL_BICUBIC, 'Loci scales bicubically (3)').nullish(),
  fps: z.number().positive().nullish(),
  min_frames: z.int().positive().nullish(),
  max_frames: z.int().positive().nullish(),
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

/** A file of settings, with its content. */
interface SettingsFile {
  readonly file: string;
  readonly json: z.output<typeof schema>;
}

/** Settings from a file of their own, or from their key in the one file of transformers 5. @throws LociError `preprocessor-config`. */
async function readSettings(
  folder: string,
  own: string,
  key: string,
): Promise<SettingsFile | undefined> {
  const shared = join(folder, 'processor_config.json');
  const ownFile = join(folder, own);
  const ownJson = await readModelJson(ownFile);
  const holder = z.looseObject({});
  const [file, found] =
    ownJson === undefined
      ? [shared, holder.safeParse(await readModelJson(shared)).data?.[key]]
      : [ownFile, ownJson];
  if (found === undefined) return undefined;
  const parsed = schema.safeParse(found);
  if (parsed.success) return { file, json: parsed.data };
  const { issues } = parsed.error;
  throw refusal(
    file,
    issues.map(({ path, message }) => `"${path.join('.')}": ${message}`).join('; '),
  );
}

function refusal(file: string, problem: string): LociError {
  return new LociError('preprocessor-config', `${file}: ${problem}`);
}

/** An architecture's rules for the files. */
export interface PreprocessorRules {
  /** The values that the files leave out. */
  readonly defaults: FrameSettings;
  /** Sizes of the model, which the files must not contradict. */
  readonly vision: VisionSizes;
  /**
   * Whether `video_preprocessor_config.json` decides how videos are read. If not, the file must agree on levels and patches, and its rate
   * and limits are ignored.
   */
  readonly takesVideoFile: boolean;
}

/** @throws LociError `preprocessor-config` when a file contradicts the model's config. */
function checkSizes({ file, json }: SettingsFile, vision: VisionSizes): void {
  const pairs = [
    ['patch_size', json.patch_size, vision.patchSize],
    ['merge_size', json.merge_size, vision.mergeSize],
    ['temporal_patch_size', json.temporal_patch_size, vision.temporalPatchSize],
  ] as const;
  for (const [key, value, model] of pairs) {
    if (typeof value === 'number' && value !== model) {
      throw refusal(file, `"${key}" is ${value}, but config.json has ${model}`);
    }
  }
}

/** The levels of both files, which Loci treats as one setting. @throws LociError `preprocessor-config` when they contradict each other. */
function normalisationOf(files: readonly SettingsFile[], defaults: Normalisation): Normalisation {
  const [first, second] = files.map(({ file, json }) => {
    const mean = json.image_mean ?? defaults.mean;
    const std = json.image_std ?? defaults.std;
    return { file, levels: { mean, std } };
  });
  if (first && second && JSON.stringify(first.levels) !== JSON.stringify(second.levels)) {
    throw refusal(
      second.file,
      `"image_mean" or "image_std" differ from those in ${first.file}; images and videos must share them`,
    );
  }
  return first?.levels ?? defaults;
}

/**
 * Reads the frame settings of a model folder: `preprocessor_config.json` for images, or `image_processor` in `processor_config.json`;
 * for videos the key `loci_video` there, and `video_preprocessor_config.json` (or `video_processor`) where the architecture uses it. A
 * folder without the files gets the defaults.
 *
 * @throws LociError `preprocessor-config` naming the file and the key, `model-file` when one is not valid JSON.
 */
export async function readFrameSettings(
  folder: string,
  { defaults, vision, takesVideoFile }: PreprocessorRules,
): Promise<FrameSettings> {
  const images = await readSettings(folder, 'preprocessor_config.json', 'image_processor');
  const videos = await readSettings(folder, 'video_preprocessor_config.json', 'video_processor');
  const files = [images, videos].filter((file) => file !== undefined);
  for (const file of files) checkSizes(file, vision);
  const { image, video } = defaults;
  const limits = images?.json;
  const own = limits?.loci_video ?? {};
  const published = takesVideoFile ? videos?.json : undefined;
  const settings: FrameSettings = {
    normalisation: normalisationOf(files, defaults.normalisation),
    image: {
      minPixels: limits?.min_pixels ?? limits?.size?.shortest_edge ?? image.minPixels,
      maxPixels: limits?.max_pixels ?? limits?.size?.longest_edge ?? image.maxPixels,
    },
    video: {
      ...video,
      fps: own.fps ?? published?.fps ?? video.fps,
      minFrames: own.min_frames ?? published?.min_frames ?? video.minFrames,
      maxFrames: own.max_frames ?? published?.max_frames ?? video.maxFrames,
      minPixels:
        own.min_pixels ??
        published?.min_pixels ??
        published?.size?.shortest_edge ??
        video.minPixels,
      maxPixels:
        own.max_pixels ?? published?.max_pixels ?? published?.size?.longest_edge ?? video.maxPixels,
    },
  };
  const { image: still, video: moving } = settings;
  const ranges = [
    ['pixels', still.minPixels, still.maxPixels],
    ['loci_video pixels', moving.minPixels, moving.maxPixels],
    ['loci_video frames', moving.minFrames, moving.maxFrames],
  ] as const;
  const wrong = ranges.find(([, least, most]) => least > most);
  if (wrong === undefined) return settings;
  throw refusal(
    images?.file ?? folder,
    `the minimum of ${wrong[0]}, ${wrong[1]}, exceeds the maximum, ${wrong[2]}`,
  );
}

/**
 * Writes `preprocessor_config.json` into a model folder; `readFrameSettings` reads the same settings back.
 *
 * @param published keys that transformers needs for this architecture.
 */
export async function writeFrameSettings(
  folder: string,
  { normalisation, image, video }: FrameSettings,
  published: Readonly<Record<string, unknown>>,
): Promise<void> {
  const json = {
    ...published,
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
  await writeJsonAtomically(join(folder, 'preprocessor_config.json'), json);
}
