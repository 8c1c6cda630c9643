/** Draws the media of a rollout as one small picture, for sinks: four frames of each video side by side. */
import { LociError } from '@loci/core';
import type { MediaPreview, MediaPreviewer } from '@loci/core';

/** Frames of a video, and pixels across each. */
const STRIP = { frames: 4, width: 160 };
/** Most media of a rollout to draw. */
const MOST_MEDIA = 3;
const GAP = 4;

/** Makes a previewer. It leaves out media that cannot be read. */
export function createPreviewer(): MediaPreviewer {
  return async (media) => {
    const { frameStrip } = await import('@loci/media');
    const strips = await Promise.all(
      media.slice(0, MOST_MEDIA).map((medium) => readable(() => frameStrip(medium, STRIP))),
    );
    const frames = strips.flat();
    return frames.length === 0 ? undefined : sideBySide(frames);
  };
}

async function readable(strip: () => Promise<readonly Buffer[]>): Promise<readonly Buffer[]> {
  try {
    return await strip();
  } catch (thrown) {
    if (LociError.is(thrown)) return [];
    throw thrown;
  }
}

/** Frames in a row, on white. */
async function sideBySide(frames: readonly Buffer[]): Promise<MediaPreview> {
  const { sharp } = await import('@loci/media/sharp');
  const sizes = await Promise.all(frames.map(async (frame) => sharp(frame).metadata()));
  let left = 0;
  const placed = frames.map((input, index) => {
    const place = { input, left, top: 0 };
    left += sizes[index]!.width + GAP;
    return place;
  });
  const width = left - GAP;
  const height = Math.max(...sizes.map((size) => size.height));
  const jpeg = await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite(placed)
    .jpeg({ quality: 80 })
    .toBuffer();
  return { jpeg, width, height };
}
