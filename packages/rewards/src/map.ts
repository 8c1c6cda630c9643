import { definePlugin } from '@loci/core';
import type { ProblemType, RewardInput, RewardOutcome } from '@loci/core';
import { mapOptions, takesAnswer } from './map-options.ts';
import { scoreMapText } from './map-text.ts';

/**
 * The bonus for the imagined map (SG-RLVR, arXiv 2504.01805): its score is added to a right answer, 1 for a choice and above
 * 0.5 for a number; a map that scores 0 takes the answer's reward away. The parts are the score and the figures of `mapAccuracy`.
 *
 * `scoring: calibrated` gives `calibratedMapScore` instead, `scoring: places` gives `placesMapScore`; both are cut off at 0, so that a wrong map costs nothing (`penalty: true`
 * asks for the gate). Its parts also tell the raw credit, the chance level, invented and missing instances, and how the map was moved
 * onto the true one; `score` is what it was before the cut.
 *
 * Samples without a true map are abstained from, and with either of these two those whose map a blind guess gets right; a completion
 * without a map, or with an empty one, scores 0 with the reason. With `compat: 'spacer'` both cost a right answer its reward, as in the
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
        const said = answers?.[index];
        if (said === undefined) return scoreMapText(text, input.sample, settings, 0);
        if (said.status !== 'scored') {
          return { status: 'abstained', reason: 'the answer was not scored' };
        }
        if (!isRight(said.value, problemType)) {
          return { status: 'scored', value: 0, reason: 'the answer is not right' };
        }
        const stake = takesAnswer(settings) ? said.value : 0;
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

/** Only the maps of choices and numbers count. */
function hasBonus(problemType: ProblemType): boolean {
  return problemType === 'multiple choice' || problemType === 'numerical';
}

/** Whether the answer is right enough for the map to count. */
function isRight(value: number, problemType: ProblemType): boolean {
  if (problemType === 'multiple choice') return value === 1;
  return problemType === 'numerical' && value > 0.5;
}
