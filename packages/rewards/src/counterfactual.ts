import { definePlugin } from '@loci/core';
import type { JudgedCompletions, LookName, RewardInput, RewardOutcome } from '@loci/core';
import { z } from 'zod';
import { looksNamed } from './look-options.ts';

const options = z.strictObject({
  looks: z
    .array(z.enum(['blank', 'other-video', 'first-frame', 'shuffled']))
    .nonempty()
    .default(['blank'])
    .describe('Looks that replace the video.'),
  completions: z
    .int()
    .positive()
    .optional()
    .describe('Completions for each question under each look; by default half of the group.'),
  discount: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Share of the value earned without the video that is subtracted; 1 subtracts all.'),
});

/**
 * Discounts a right answer that the model also gives without the video. The idea is ProSR's counterfactual reward (arXiv 2605.25524), the
 * formula is ours. The value of completion i is aᵢ − `discount` · sᵢ. Here aᵢ is its value from `answer`, and sᵢ its share with completions
 * under a look: the mean over these of min(aᵢ, their `answer`), for the look where that is greatest. The parts are `answer` and
 * `withoutVideo` (sᵢ).
 *
 * It abstains when no look was sampled, and when `answer` abstained.
 *
 * @example { use: 'counterfactual', options: { looks: ['blank', 'other-video'], completions: 2 } }
 */
export const counterfactual = definePlugin({
  kind: 'reward',
  name: 'counterfactual',
  description: 'The answer’s value, less what a blank or foreign video earns as well.',
  options,
  create: ({ looks: shown, completions: count, discount }) => {
    const looks = looksNamed(shown, count);
    return {
      range: [0, 1],
      parts: ['answer', 'withoutVideo'],
      after: ['answer'],
      looks,
      score: (input): readonly RewardOutcome[] => {
        const answers = answersOf(input);
        const others = Object.keys(looks).flatMap((name) => {
          const look = input.looks?.get(name);
          const values = look && valuesOf(look);
          return values === undefined || values.length === 0 ? [] : [{ name, values }];
        });
        if (others.length === 0) {
          const reason = `no scored completions under ${Object.keys(looks).join(' or ')}`;
          return input.completions.map(() => ({ status: 'abstained', reason }));
        }
        return answers.map((outcome) =>
          outcome.status === 'scored'
            ? discounted(outcome.value, others, discount)
            : { status: 'abstained', reason: 'the answer was not scored' },
        );
      },
    };
  },
});

/** The answer values under one look, one for each completion. */
interface LookValues {
  readonly name: LookName;
  readonly values: readonly number[];
}

function discounted(
  answer: number,
  others: readonly LookValues[],
  discount: number,
): RewardOutcome {
  const shares = others.map(({ name, values }) => ({
    name,
    shared: values.reduce((sum, value) => sum + Math.min(answer, value), 0) / values.length,
  }));
  const most = shares.reduce((best, one) => (one.shared > best.shared ? one : best));
  return {
    status: 'scored',
    value: answer - discount * most.shared,
    parts: { answer, withoutVideo: most.shared },
    ...(most.shared > 0 && { reason: `earned ${most.shared.toFixed(2)} under ${most.name} too` }),
  };
}

function answersOf({ outcomes }: RewardInput): readonly RewardOutcome[] {
  const answers = outcomes.get('answer');
  if (answers) return answers;
  throw new Error(
    'The counterfactual reward discounts right answers and needs the reward "answer" in the same run; add it, with weight 0 to avoid ' +
      'counting it twice.',
  );
}

/** Undefined when the answers under a look were not scored. */
function valuesOf({ outcomes }: JudgedCompletions): readonly number[] | undefined {
  const answers = outcomes.get('answer');
  if (answers === undefined || answers.some(({ status }) => status !== 'scored')) return undefined;
  return answers.flatMap((outcome) => (outcome.status === 'scored' ? [outcome.value] : []));
}
