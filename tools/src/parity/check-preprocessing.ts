/** Target sizes, resizing and patches against the reference's processors. */
import { resizePicture, smartResize } from '@loci/media';
import type { Picture } from '@loci/media';
import type { Fixture } from './fixture.ts';
import { integers } from './fixture.ts';
import { differences, worstDifference } from './report.ts';
import type { Report } from './report.ts';

/** Levels by which two implementations of antialiased bicubic may differ: at most, and on average. */
const RESIZE_WORST = 2;
const RESIZE_MEAN = 0.05;
const PATCHES_FROM_RESIZED = 1e-6;
const PATCHES_FROM_RAW = 0.032;

/** The frames of an array `[t, h, w, 3]` or `[h, w, 3]`. */
async function picturesOf({ pixels }: Fixture, name: string): Promise<Picture[]> {
  const shape = pixels.entries.get(name)!.shape;
  const [height, width] = shape.slice(-3) as [number, number];
  const data = Uint8Array.from(await pixels.readIntegers(name));
  const size = height * width * 3;
  return Array.from({ length: data.length / size }, (_, frame) => ({
    width,
    height,
    pixels: data.subarray(frame * size, (frame + 1) * size),
  }));
}

function levels(pictures: readonly Picture[]): Uint8Array {
  return Uint8Array.from(pictures.flatMap(({ pixels }) => [...pixels]));
}

async function checkSizes(fixture: Fixture, report: Report): Promise<void> {
  const name = 'preprocess/smart_resize_table';
  if (!fixture.pixels.entries.has(name)) return report.absent(name);
  const table = await integers(fixture.pixels, name);
  let wrong = 0;
  for (let at = 0; at < table.length; at += 7) {
    const [height, width, factor, least, most, toHeight, toWidth] = table.subarray(at, at + 7);
    const size = smartResize(width!, height!, factor!, least!, most!);
    if (size.height !== toHeight || size.width !== toWidth) wrong++;
  }
  report.add(name, wrong, 0);
}

async function checkItem(fixture: Fixture, report: Report, name: string): Promise<void> {
  const { pixels, model, facts } = fixture;
  const { prompts, vision } = model;
  const prefix = `preprocess/${name}`;
  const { kind, min_pixels: least, max_pixels: most } = facts.preprocess[name]!;
  const factor = vision.patchSize * vision.mergeSize;
  const raw = await picturesOf(fixture, `${prefix}/raw`);
  const stored = pixels.entries.has(`${prefix}/resized`) ? `${prefix}/resized` : `${prefix}/raw`;
  const expected = await picturesOf(fixture, stored);
  const { width, height } = raw[0]!;
  const limits = { minPixels: least, maxPixels: most };
  const sizing = kind === 'video' ? prompts.defaultFrames.video.sizing : undefined;
  const target = sizing
    ? sizing.size({ width, height }, raw.length, factor, limits)
    : smartResize(width, height, factor, least, most);
  const resized = raw.map((picture) => resizePicture(picture, target.width, target.height));
  const [found, wanted] = [levels(resized), levels(expected)];
  report.add(`${prefix}/resized`, worstDifference(found, wanted), RESIZE_WORST);
  const sum = found.reduce((total, level, index) => total + Math.abs(level - wanted[index]!), 0);
  report.add(`${prefix}/resized mean`, sum / found.length, RESIZE_MEAN);

  const exact = prompts.cutPatches(expected, prompts.defaultFrames);
  const grid = await integers(pixels, `${prefix}/${kind}_grid_thw`);
  report.add(`${prefix}/grid_thw`, differences(exact.grid, grid), 0);
  const array = `${prefix}/${kind === 'image' ? 'pixel_values' : 'pixel_values_videos'}`;
  if (!pixels.entries.has(array)) return;
  const values = await pixels.readFloats(array);
  report.add(array, worstDifference(exact.patches, values), PATCHES_FROM_RESIZED);
  const own = prompts.cutPatches(resized, prompts.defaultFrames);
  report.add(`${array} from raw`, worstDifference(own.patches, values), PATCHES_FROM_RAW);
}

/** Every array of `preprocess.safetensors`. */
export async function checkPreprocessing(fixture: Fixture, report: Report): Promise<void> {
  if (fixture.pixels.entries.size === 0) return report.absent('preprocess.safetensors');
  await report.part('preprocess/smart_resize_table', () => checkSizes(fixture, report));
  for (const name of Object.keys(fixture.facts.preprocess)) {
    await report.part(`preprocess/${name}`, () => checkItem(fixture, report, name));
  }
}
