import { compact } from '../../prompt/compact.ts';
import { mapImagination } from '../../prompt/map-imagination.ts';
import type { AnyPlugin } from '../../spec/index.ts';
import { adamw } from './adamw.ts';
import { groupNormalised } from './advantages.ts';
import { grpo } from './objectives/grpo.ts';
import { sft } from './objectives/sft.ts';
import { rewardNormalised } from './reward-normalised.ts';
import { sampler } from './sampler.ts';
import { constant, cosine } from './schedules.ts';

/** The parts of SG-RLVR that need nothing but the core: prompts, sampler, advantages, objectives, optimiser, schedules. */
export const algorithmPlugins: readonly AnyPlugin[] = [
  adamw,
  compact,
  constant,
  cosine,
  groupNormalised,
  grpo,
  mapImagination,
  rewardNormalised,
  sampler,
  sft,
];
