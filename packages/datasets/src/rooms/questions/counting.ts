/** How many instances of a category are in the room. */
import { shuffled } from '../furnish.ts';
import { entryOf, fits, type QuestionKind } from './question.ts';

/** Steps: the category's entry, the number of its points. */
export const counting: QuestionKind = {
  name: 'counting',
  classes: ({ maxInstances }) => Array.from({ length: maxInstances }, (_, index) => `${index + 1}`),
  ask: (scene, random, wanted) => {
    for (const category of shuffled(random, Object.keys(scene.map))) {
      const answer = String(scene.map[category]!.length);
      if (!fits(answer, wanted)) continue;
      return {
        problem: `how many of this are in the room: ${category}?`,
        answer,
        steps: `${entryOf(scene, category)} ${answer}`,
        answerClass: answer,
      };
    }
    return undefined;
  },
};
