import { definePlugin } from '@loci/core';
import type { ProblemType, RewardInput, RewardOutcome } from '@loci/core';
import { mapOptions, takesAnswer } from './map-options.ts';
import { scoreMapText } from './map-text.ts';

/**
 * The bonus for the imagined map (SG-RLVR, arXiv 2504.01805). Its score is added to a right answer: value 1 for a choice, above 0.5 for a
 * number. A map that scores 0 cancels the answer's reward. The parts are the score and the figures of `mapAccuracy`.
 *
 * `scoring: calibrated` uses `calibratedMapScore` instead, and `scoring: places` uses `placesMapScore`. Both are cut off at 0, so that a
 * wrong map costs nothing (`penalty: true` restores the penalty). Their parts add the raw credit, the chance level, invented and missing
 * instances, and the symmetry that aligned the map with the true one. The part `score` is the value before the cut.
 *
 * The reward abstains from samples without a true map, and with either of these two from those whose map a blind guess gets right. A
 * completion without a map, or with an empty one, scores 0 with the reason. With `compat: 'spacer'` both cancel the reward of a right answer, as in the
 * reference.
 *
 * @example { use: 'map', options: { when: 'always', scoring: 'calibrated' } }
 */
export const map = definePlugin({
  kind: 'reward',
  name: 'map',
  description: 'The score of the imagined cognitive map, a bonus to right answers.',
  options: mapOptions,
  create: (settings) => ({
    range: [takesAnswer(settings) ? -1 : 0, 1],
    after: ['answer'],
    perCompletion: true,
    ...(settings.credits && { credits: true }),
    parts: settings.scoring === 'reference' ? PARTS : [...PARTS, ...CALIBRATED_PARTS],
    score: (input) => {
      const answers = settings.when === 'always' ? undefined : answersOf(input);
      const { problemType } = input.sample;
      if (answers !== undefined && settings.compat === undefined && !hasBonus(problemType)) {
        const reason = `a map adds nothing to problems of the type "${problemType}"`;
        return input.completions.map(() => ({ status: 'abstained', reason }));
      }
      return input.completions.map(({ text }, index) => {
        const outcome = answers?.[index];
        if (outcome === undefined) return scoreMapText(text, input.sample, settings, 0);
        if (outcome.status !== 'scored') {
          return { status: 'abstained', reason: 'the answer was not scored' };
        }
        if (!isRight(outcome.value, problemType)) {
          return { status: 'scored', value: 0, reason: 'the answer is not right' };
        }
        const stake = takesAnswer(settings) ? outcome.value : 0;
        return scoreMapText(text, input.sample, settings, stake);
      });
    },
  }),
});

const PARTS = ['score', 'withinOneCell', 'meanCellError', 'countAccuracy'];
const CALIBRATED_PARTS = ['credit', 'chance', 'invented', 'missing', 'quarterTurns', 'mirrored'];

function answersOf({ outcomes }: RewardInput): readonly RewardOutcome[] {
  const answers = outcomes.get('answer');
  if (answers) return answers;
  throw new Error(
    'The map reward adds to right answers and needs the reward "answer" in the same run; add it, or set when: always.',
  );
}

/** Whether the map adds to problems of this type. */
function hasBonus(problemType: ProblemType): boolean {
  return problemType === 'multiple choice' || problemType === 'numerical';
}

/** Whether the answer is right enough for the map to count. */
function isRight(value: number, problemType: ProblemType): boolean {
  if (problemType === 'multiple choice') return value === 1;
  return problemType === 'numerical' && value > 0.5;
}
