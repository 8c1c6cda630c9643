import { definePlugin, formatProblem, isWellFormedAsInSpacer } from '@loci/core';
import type { RewardOutcome } from '@loci/core';
import { z } from 'zod';
import { compatOption } from './compat-option.ts';

/**
 * 1 for a completion of the exact form `<think>…</think><answer>…</answer>`, each tag once; otherwise 0 with the reason. A map belongs
 * inside the thinking.
 */
export const format = definePlugin({
  kind: 'reward',
  name: 'format',
  description: 'One point for a completion in the form that the prompt asks for.',
  options: z.strictObject({ compat: compatOption }),
  create: ({ compat }) => ({
    range: [0, 1],
    perCompletion: true,
    parts: [],
    score: ({ completions }) =>
      completions.map(({ text }) => {
        if (compat !== 'spacer') return outcomeOf(formatProblem(text));
        return outcomeOf(isWellFormedAsInSpacer(text) ? undefined : 'not in the asked form');
      }),
  }),
});

function outcomeOf(problem: string | undefined): RewardOutcome {
  return problem === undefined
    ? { status: 'scored', value: 1 }
    : { status: 'scored', value: 0, reason: problem };
}
