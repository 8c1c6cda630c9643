/** Asks in which order some categories appear in the video for the first time; the options are orders of them. */
import { CATEGORIES } from '../catalogue.ts';
import { shuffled } from '../furnish.ts';
import { fits, rulesOf, type QuestionKind, type QuestionScene } from './question.ts';

const OPTIONS = 4;

/** When each category appears first, in sixteenths of the clip; categories that are never seen are left out. */
function firstAppearances(scene: QuestionScene): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { category, firstSeen, isClear } of scene.objects) {
    if (firstSeen === undefined) continue;
    // A badly visible object may be noticed or not: the first appearance of its category is uncertain.
    const when = isClear === false ? NaN : firstSeen;
    first.set(category, Math.min(when, first.get(category) ?? Infinity));
  }
  return new Map([...first].filter(([, when]) => !Number.isNaN(when)));
}

/** All orders of some things, in the order of a dictionary whose alphabet they are. */
function ordersOf(things: readonly string[]): readonly (readonly string[])[] {
  if (things.length < 2) return [things];
  return things.flatMap((thing) =>
    ordersOf(things.filter((other) => other !== thing)).map((rest) => [thing, ...rest]),
  );
}

/** Every way to continue an order with categories that each appear at least `gap` after the previous one. */
function* inOrder(
  begun: readonly string[],
  first: ReadonlyMap<string, number>,
  categories: readonly string[],
  gap: number,
  length: number,
): Generator<readonly string[]> {
  if (begun.length === length) {
    yield begun;
    return;
  }
  for (const next of categories) {
    if (first.get(next)! - first.get(begun.at(-1)!)! < gap) continue;
    yield* inOrder([...begun, next], first, categories, gap, length);
  }
}

/** The answer's class is the category that appears first. */
export const appearanceOrder: QuestionKind = {
  name: 'appearance-order',
  isMarked: true,
  classes: ({ categories = CATEGORIES }) => categories,
  *drafts(scene, random, wanted) {
    const { wording, margins, orderOf } = rulesOf(scene);
    const first = firstAppearances(scene);
    const categories = shuffled(random, [...first.keys()]);
    const gap = Math.max(1, margins.appearance);
    for (const a of categories) {
      if (!fits(a, wanted)) continue;
      for (const order of inOrder([a], first, categories, gap, orderOf)) {
        const answer = order.join(', ');
        const named = shuffled(random, order);
        const times = [...named].sort().map((name) => `${name} ${first.get(name)! >> 1}`);
        const others = ordersOf(order)
          .map((other) => other.join(', '))
          .filter((other) => other !== answer);
        yield {
          problem: wording.appearanceOrder(named),
          answer,
          wrong: shuffled(random, others).slice(0, OPTIONS - 1),
          steps: `${times.join(' ')} ${answer}`,
          answerClass: a,
        };
      }
    }
  },
};
