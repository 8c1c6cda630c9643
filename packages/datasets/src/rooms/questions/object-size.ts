/** Asks for the longest side of an object in centimeters. */
import { shuffled } from '../furnish.ts';
import { entryOf, fits, numberClasses, rulesOf, singles, type QuestionKind } from './question.ts';

/** Nearly equal ratios over the longest sides of the catalogue, whatever the category. */
const CLASSES = numberClasses([60, 90, 120, 160, 250]);

/** Steps: the object's entry, its three sides, the longest. */
export const objectSize: QuestionKind = {
  name: 'object-size',
  classes: () => CLASSES.names,
  *drafts(scene, random, wanted) {
    for (const { category, sizeCm } of shuffled(random, singles(scene))) {
      const longest = Math.max(...sizeCm);
      const answerClass = CLASSES.of(longest);
      if (!fits(answerClass, wanted)) continue;
      yield {
        problem: rulesOf(scene).wording.objectSize(category),
        answer: String(longest),
        steps: `${entryOf(scene, category)} ${sizeCm.join(',')} ${longest}`,
        answerClass: CLASSES.orBeyond(longest),
      };
    }
  },
};
