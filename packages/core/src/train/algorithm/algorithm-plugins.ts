import { compact } from '../../prompt/compact.ts';
import { mapImagination } from '../../prompt/map-imagination.ts';
import type { AnyPlugin } from '../../spec/index.ts';
import { adamw } from './adamw.ts';
import { batchScaled } from './advantages/batch-scaled.ts';
import { groupNormalised } from './advantages/group-normalised.ts';
import { reinforcePlusPlus } from './advantages/reinforce-plus-plus.ts';
import { rewardNormalised } from './advantages/reward-normalised.ts';
import { rloo } from './advantages/rloo.ts';
import { grpo } from './objectives/grpo.ts';
import { sft } from './objectives/sft.ts';
import { sampler } from './sampler.ts';
import { constant, cosine } from './schedules.ts';

/** The parts of SG-RLVR that need nothing but the core: prompts, sampler, advantages, objectives, optimiser, schedules. */
export const algorithmPlugins: readonly AnyPlugin[] = [
  adamw,
  batchScaled,
  compact,
  constant,
  cosine,
  groupNormalised,
  grpo,
  mapImagination,
  reinforcePlusPlus,
  rewardNormalised,
  rloo,
  sampler,
  sft,
];
