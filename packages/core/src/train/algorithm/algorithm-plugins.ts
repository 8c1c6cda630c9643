import { compact } from '../../prompt/compact.ts';
import { mapImagination } from '../../prompt/map-imagination.ts';
import type { AnyPlugin } from '../../spec/index.ts';
import { autoAdvantage } from './advantages/auto.ts';
import { batchScaled } from './advantages/batch-scaled.ts';
import { bestOfGroup } from './advantages/best-of-group.ts';
import { groupNormalised } from './advantages/group-normalised.ts';
import { reinforcePlusPlus } from './advantages/reinforce-plus-plus.ts';
import { rewardNormalised } from './advantages/reward-normalised.ts';
import { rloo } from './advantages/rloo.ts';
import { spanCredit } from './advantages/span-credit.ts';
import { bundledObjectives } from './objectives/bundled-objectives.ts';
import { constant, cosine } from './schedules.ts';

/** The plugins of the algorithm, which need only the core: prompts, advantages, objectives, schedules. */
export const algorithmPlugins: readonly AnyPlugin[] = [
  ...bundledObjectives,
  autoAdvantage,
  batchScaled,
  bestOfGroup,
  compact,
  constant,
  cosine,
  groupNormalised,
  mapImagination,
  reinforcePlusPlus,
  rewardNormalised,
  rloo,
  spanCredit,
];
