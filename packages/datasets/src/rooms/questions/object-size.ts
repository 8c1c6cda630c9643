/** The longest side of an object in centimetres. */
import { shuffled } from '../furnish.ts';
import { entryOf, fits, numberClasses, singles, type QuestionKind } from './question.ts';

/** Nearly equal ratios over the longest sides of the catalogue, whatever the category. */
const CLASSES = numberClasses([60, 90, 120, 160, 250]);

/** Steps: the object's entry, its three sides, the longest. */
export const objectSize: QuestionKind = {
  name: 'object-size',
  classes: () => CLASSES.names,
  ask: (scene, random, wanted) => {
    for (const { category, sizeCm } of shuffled(random, singles(scene))) {
      const longest = Math.max(...sizeCm);
      const answerClass = CLASSES.of(longest);
      if (!fits(answerClass, wanted)) continue;
      return {
        problem: `how many centimetres is the longest side of the ${category}?`,
        answer: String(longest),
        steps: `${entryOf(scene, category)} ${sizeCm.join(',')} ${longest}`,
        answerClass: answerClass ?? 'other',
      };
    }
    return undefined;
  },
};
