import { compact } from '../../prompt/compact.ts';
import { mapImagination } from '../../prompt/map-imagination.ts';
import type { AnyPlugin } from '../../spec/index.ts';
import { groupNormalised } from './advantages.ts';
import { bundledObjectives } from './objectives/bundled-objectives.ts';
import { rewardNormalised } from './reward-normalised.ts';
import { constant, cosine } from './schedules.ts';

/** The plugins of the algorithm, which need nothing but the core: prompts, advantages, objectives, schedules. */
export const algorithmPlugins: readonly AnyPlugin[] = [
  ...bundledObjectives,
  compact,
  constant,
  cosine,
  groupNormalised,
  mapImagination,
  rewardNormalised,
];
