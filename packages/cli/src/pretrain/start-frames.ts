/** Frames as a start model sees them: apart from the recipe, which is read where no videos are. */
import type { Model } from '@loci/backends';
import { withFrameLimits } from '@loci/media';
import type { FrameSettings } from '@loci/media';
import { SEEN_RATE, seenSize } from './recipe.ts';

/** What a start model wants of its frames. */
export function startFrames(model: Model): FrameSettings {
  const { height, width } = seenSize(model);
  const minPixels = (model.vision.patchSize * model.vision.mergeSize) ** 2;
  const limits = { minPixels, maxPixels: height * width };
  return withFrameLimits(model.prompts.defaultFrames, limits, SEEN_RATE);
}
