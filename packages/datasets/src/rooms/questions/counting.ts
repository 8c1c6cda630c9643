/** Asks how many instances of a category are in the room. */
import { shuffled } from '../furnish.ts';
import { fits, rulesOf, type QuestionKind } from './question.ts';

/** A category is counted when all its instances are clear to see. Steps: the category with the number of its points; a copy of two cells is harder to learn than their number. */
export const counting: QuestionKind = {
  name: 'counting',
  classes: ({ maxInstances }) => Array.from({ length: maxInstances }, (_, index) => `${index + 1}`),
  *drafts(scene, random, wanted) {
    const unclear = new Set(
      scene.objects.filter(({ isClear }) => isClear === false).map(({ category }) => category),
    );
    for (const category of shuffled(random, Object.keys(scene.map))) {
      const answer = String(scene.map[category]!.length);
      if (!fits(answer, wanted) || unclear.has(category)) continue;
      yield {
        problem: rulesOf(scene).wording.counting(category),
        answer,
        steps: `"${category}":${answer}`,
        answerClass: answer,
      };
    }
  },
};
