/** In which order three categories appear in the video for the first time; options are orders of the three. */
import { CATEGORIES } from '../catalogue.ts';
import { shuffled } from '../furnish.ts';
import { fits, type QuestionKind, type QuestionScene } from './question.ts';

/** First appearances are at least this far apart, in sixteenths of the clip, so that half the frames still tell. */
const LEAST_GAP = 2;
const OPTIONS = 4;

/** When each category appears first, in sixteenths of the clip; categories that are never seen are left out. */
function firstAppearances(scene: QuestionScene): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { category, firstSeen } of scene.objects) {
    if (firstSeen === undefined) continue;
    first.set(category, Math.min(firstSeen, first.get(category) ?? Infinity));
  }
  return first;
}

/** All orders of three things. */
function ordersOf([a, b, c]: readonly [string, string, string]): readonly string[] {
  return [
    [a, b, c],
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ].map((order) => order.join(', '));
}

/** The answer's class is the category that appears first. */
export const appearanceOrder: QuestionKind = {
  name: 'appearance-order',
  classes: () => CATEGORIES,
  ask: (scene, random, wanted) => {
    const first = firstAppearances(scene);
    const categories = shuffled(random, [...first.keys()]);
    for (const a of categories) {
      if (!fits(a, wanted)) continue;
      for (const b of categories) {
        for (const c of categories) {
          const inOrder =
            first.get(b)! - first.get(a)! >= LEAST_GAP &&
            first.get(c)! - first.get(b)! >= LEAST_GAP;
          if (!inOrder) continue;
          const answer = [a, b, c].join(', ');
          const named = shuffled(random, [a, b, c]);
          const times = [...named].sort().map((name) => `${name} ${first.get(name)! >> 1}`);
          const others = ordersOf([a, b, c]).filter((order) => order !== answer);
          return {
            problem: `in which order do these appear first: ${named.join(', ')}?`,
            answer,
            wrong: shuffled(random, others).slice(0, OPTIONS - 1),
            steps: `${times.join(' ')} ${answer}`,
            answerClass: a,
          };
        }
      }
    }
    return undefined;
  },
};
