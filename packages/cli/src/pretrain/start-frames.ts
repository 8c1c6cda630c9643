/** Frame settings of a start model. They are apart from the recipe, so that reading a recipe does not load the media package. */
import type { Model } from '@loci/backends';
import { withFrameLimits } from '@loci/media';
import type { FrameSettings } from '@loci/media';
import { SEEN_RATE, seenSize } from './recipe.ts';

/** The frame settings of a start model. */
export function startFrames(model: Model): FrameSettings {
  const { height, width } = seenSize(model);
  const minPixels = (model.vision.patchSize * model.vision.mergeSize) ** 2;
  const limits = { minPixels, maxPixels: height * width };
  return withFrameLimits(model.prompts.defaultFrames, limits, SEEN_RATE);
}
