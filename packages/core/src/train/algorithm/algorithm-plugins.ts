import { compact } from '../../prompt/compact.ts';
import { mapImagination } from '../../prompt/map-imagination.ts';
import type { AnyPlugin } from '../../spec/index.ts';
import { adamw } from './adamw.ts';
import { groupNormalised } from './advantages.ts';
import { bundledObjectives } from './objectives/bundled-objectives.ts';
import { rewardNormalised } from './reward-normalised.ts';
import { sampler } from './sampler.ts';
import { constant, cosine } from './schedules.ts';

/** The parts of SG-RLVR that need nothing but the core: prompts, sampler, advantages, objectives, optimiser, schedules. */
export const algorithmPlugins: readonly AnyPlugin[] = [
  ...bundledObjectives,
  adamw,
  compact,
  constant,
  cosine,
  groupNormalised,
  mapImagination,
  rewardNormalised,
  sampler,
];
