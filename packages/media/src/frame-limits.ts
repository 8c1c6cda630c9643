/** Frame settings with limits that a person thinks of frame by frame. */
import type { FrameRate } from './frame-sampling.ts';
import type { FrameSettings, PixelLimits } from './frame-settings.ts';

/**
 * The same settings with other videos: so many frames at most, each within these limits. A model whose limits count the pixels of all
 * frames gets them for as many frames as a video may have.
 *
 * @example withFrameLimits(settings, { minPixels: 784, maxPixels: 4704 }, { fps: 2, minFrames: 4, maxFrames: 8 })
 */
export function withFrameLimits(
  settings: FrameSettings,
  { minPixels, maxPixels }: PixelLimits,
  rate: FrameRate,
): FrameSettings {
  const { sizing } = settings.video;
  const frames = sizing === undefined ? 1 : rate.maxFrames;
  const limits = { minPixels: frames * minPixels, maxPixels: frames * maxPixels };
  return { ...settings, video: { ...rate, ...limits, ...(sizing && { sizing }) } };
}
