import {
  definePlugin,
  extractAnswer,
  extractFirstAnswer,
  extractSolution,
  messageOf,
} from '@loci/core';
import type { ProblemType, RewardInput, RewardOutcome } from '@loci/core';
import { z } from 'zod';
import { answerCredits } from './answer-credits.ts';
import { compatOption } from './compat-option.ts';
import type { MapReading } from './consistency/answer-from-map.ts';
import { mapReading } from './consistency/map-reading.ts';
import { promiseReader } from './consistency/promise.ts';
import { HALF_ERROR } from './judges/dense-accuracy.ts';
import { freeForm } from './judges/free-form.ts';
import { UnusableTruth, unreadable } from './judges/judge.ts';
import type { Judge, Judgement, Judging } from './judges/judge.ts';
import { multipleChoice } from './judges/multiple-choice.ts';
import { numerical } from './judges/numerical.ts';
import { regression } from './judges/regression.ts';
import { transcription } from './judges/transcription.ts';

const options = z
  .strictObject({
    compat: compatOption,
    letters: z
      .enum(['exact', 'lenient'])
      .default('exact')
      .describe('Multiple choice: accepts only the bare letter, or also b, B., (B) and B. chair.'),
    numbers: z
      .enum(['mra', 'dense'])
      .default('mra')
      .describe(
        'Numerical: mean relative accuracy in steps of 0.1, or a smooth value that distinguishes near misses.',
      ),
    halfError: z
      .number()
      .positive()
      .default(HALF_ERROR)
      .describe('Relative error at which a dense value is 0.5.'),
    credits: z
      .boolean()
      .default(false)
      .describe(
        'Leaves the objects of the map out that the question does not name, for `advantage: { use: span-credit }`.',
      ),
    reading: z
      .strictObject(mapReading)
      .optional()
      .describe(
        'With credits: reads the drawn map, so that steps count by what they add to the answer that follows from it.',
      ),
  })
  .refine(({ compat, letters }) => compat === undefined || letters === 'exact', {
    path: ['letters'],
    message: 'SpaceR accepts only the bare letter; leave letters or compat out',
  })
  .refine(({ compat, numbers }) => compat === undefined || numbers === 'mra', {
    path: ['numbers'],
    message: 'SpaceR has only mean relative accuracy; leave numbers or compat out',
  })
  .refine(({ numbers, halfError }) => numbers === 'dense' || halfError === HALF_ERROR, {
    path: ['halfError'],
    message: 'halfError needs numbers: dense; set it, or leave halfError out',
  })
  .refine(({ reading, credits }) => reading === undefined || credits, {
    path: ['reading'],
    message: 'reading needs credits: true; set it, or leave reading out',
  })
  .refine(({ reading, compat }) => reading === undefined || compat === undefined, {
    path: ['reading'],
    message: 'the answer of a map is judged by the corrected rule; leave reading or compat out',
  });

/**
 * Whether the answer is right, judged by the problem's type: equal letters, mean relative accuracy, word error rate, ROUGE, or
 * relative error (SpaceR, arXiv 2504.01805). The part `parsed` is 1 when an answer could be read.
 *
 * A completion without an answer scores 0 with the reason. A record whose true answer cannot be read fails. The reward abstains from an
 * unknown problem type. With `compat: 'spacer'` all three get the value that the reference returns.
 *
 * @example { use: 'answer', options: { letters: 'lenient', numbers: 'dense' } }
 */
export const answer = definePlugin({
  kind: 'reward',
  name: 'answer',
  description: 'Whether the answer is right, by the rule of its problem type.',
  options,
  create: ({ compat, letters, numbers, halfError, credits, reading }) => {
    const judgings: Readonly<Record<ProblemType, Judging>> = {
      'multiple choice': multipleChoice(letters),
      numerical: numerical(numbers === 'mra' ? { numbers } : { numbers, halfError }),
      OCR: transcription,
      'free-form': freeForm,
      regression,
    };
    const score = compat === 'spacer' ? scoreAsInSpacer : scoreCorrectly;
    return {
      range: [0, 1],
      perCompletion: true,
      parts: ['parsed', ...(numbers === 'mra' ? [] : ['mra'])],
      ...(credits && { credits }),
      score: (input) => {
        const { problemType } = input.sample;
        const judging = Object.hasOwn(judgings, problemType) ? judgings[problemType] : undefined;
        const outcomes = score(input, judging);
        return credits ? withCredits(outcomes, input, judging, reading) : outcomes;
      },
    };
  },
});

/** Adds the credits of completions to their outcomes. */
function withCredits(
  outcomes: readonly RewardOutcome[],
  { sample, completions }: RewardInput,
  judging: Judging | undefined,
  reading: MapReading | undefined,
): readonly RewardOutcome[] {
  const truth = extractSolution(sample.solution);
  const isScored = outcomes.some(({ status }) => status === 'scored');
  const promiseOf =
    reading && judging && truth !== undefined && isScored
      ? promiseReader(sample, reading, judging.judge(truth))
      : undefined;
  return outcomes.map((outcome, index) => {
    if (outcome.status !== 'scored') return outcome;
    const { text } = completions[index]!;
    const { value } = outcome;
    // A map that leaves the question open promises nothing: its steps are not to blame.
    const promise = promiseOf && (promiseOf(text) ?? value);
    return { ...outcome, credits: answerCredits(text, value, sample, promise) };
  });
}

function scoreCorrectly(
  { sample, completions }: RewardInput,
  judging: Judging | undefined,
): readonly RewardOutcome[] {
  if (!judging) {
    const reason = `no rule for the problem type "${sample.problemType}"`;
    return completions.map(() => ({ status: 'abstained', reason }));
  }
  const truth = extractSolution(sample.solution);
  if (truth === undefined) {
    return completions.map(() => ({ status: 'failed', reason: 'the record has no true answer' }));
  }
  try {
    const judge = judging.judge(truth);
    return completions.map(({ text }) => outcomeOf(judgeCompletion(text, judge)));
  } catch (error) {
    if (!(error instanceof UnusableTruth)) throw error;
    return completions.map(() => ({ status: 'failed', reason: messageOf(error) }));
  }
}

function judgeCompletion(text: string, judge: Judge): Judgement {
  const found = extractAnswer(text);
  if (found === undefined) return unreadable('no answer tag');
  return found === '' ? unreadable('empty answer') : judge(found);
}

function scoreAsInSpacer(
  { sample, completions }: RewardInput,
  judging: Judging | undefined,
): readonly RewardOutcome[] {
  const truth = extractFirstAnswer(sample.solution);
  return completions.map(({ text }) =>
    outcomeOf(
      judging?.asInSpacer(extractFirstAnswer(text), truth) ??
        unreadable(`no rule for the problem type "${sample.problemType}"`),
    ),
  );
}

function outcomeOf({ value, parsed, parts: further, reason }: Judgement): RewardOutcome {
  const parts = { parsed: parsed ? 1 : 0, ...further };
  return { status: 'scored', value, parts, ...(reason !== undefined && { reason }) };
}
