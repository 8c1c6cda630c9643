import { definePlugin } from '@loci/core';
import type { JudgedCompletions, RewardOutcome } from '@loci/core';
import { z } from 'zod';
import { ACCURACY_REWARDS, accuraciesOf } from './accuracy.ts';
import { compatOption } from './compat-option.ts';

/** The look that the video is compared with. */
const LOOK = 'shuffled';

/**
 * A bonus for good completions of a group that does better on the video than on its shuffled frames (T-GRPO, adopted by SpaceR). The group
 * passes when its mean accuracy is at least `ratio` times that of half as many shuffled completions. The accuracy includes the map. The part
 * `passed` is the result of the comparison. The reward abstains without a video and without shuffled completions.
 */
export const temporal = definePlugin({
  kind: 'reward',
  name: 'temporal',
  description: 'A bonus for groups that do better on the video than on its shuffled frames.',
  options: z.strictObject({
    compat: compatOption,
    bonus: z.number().nonnegative().default(0.3),
    ratio: z.number().nonnegative().default(0.8),
    goodAbove: z.number().default(0.1).describe('Accuracy above which a completion is good.'),
  }),
  create: ({ bonus, ratio, goodAbove }) => ({
    range: [0, bonus],
    parts: ['passed'],
    after: ACCURACY_REWARDS,
    looks: [LOOK],
    score: (input): readonly RewardOutcome[] => {
      const { sample, completions } = input;
      const shuffled = input.looks?.get(LOOK);
      const hasVideo = sample.media.some(({ kind }) => kind === 'video');
      if (!hasVideo || shuffled === undefined) {
        const reason = hasVideo ? 'no shuffled completions' : 'not a video';
        return completions.map(() => ({ status: 'abstained', reason }));
      }
      const normal = meanAccuracy(input);
      const other = meanAccuracy(shuffled);
      if (normal === undefined || other === undefined) {
        return completions.map(() => ({
          status: 'abstained',
          reason: 'the accuracy is not known',
        }));
      }
      const passed = normal >= Math.fround(Math.fround(ratio) * other);
      return accuraciesOf(input).map((accuracy) => ({
        status: 'scored',
        value: passed && accuracy! > goodAbove ? bonus : 0,
        parts: { passed: passed ? 1 : 0 },
        ...(!passed && { reason: 'no better than with shuffled frames' }),
      }));
    },
  }),
});

/** The mean accuracy in float32 like the reference, so that borderline groups get the same result. */
function meanAccuracy(judged: JudgedCompletions): number | undefined {
  const accuracies = accuraciesOf(judged);
  if (accuracies.length === 0 || accuracies.includes(undefined)) return undefined;
  const sum = accuracies.reduce<number>(
    (total, value) => Math.fround(total + Math.fround(value!)),
    0,
  );
  return Math.fround(sum / accuracies.length);
}
