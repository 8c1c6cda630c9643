/** Asks in which order some categories appear in the video for the first time; the options are orders of them. */
import { CATEGORIES } from '../catalogue.ts';
import { walkOf } from '../demonstration.ts';
import { shuffled } from '../furnish.ts';
import {
  fits,
  rulesOf,
  type QuestionKind,
  type QuestionScene,
  type SceneObject,
} from './question.ts';

const OPTIONS = 4;

/**
 * The first object of each category that the camera sees; categories that are never seen are left out. So are those with a badly visible
 * object, which may be noticed or not.
 */
function firstAppearances(scene: QuestionScene): ReadonlyMap<string, SeenObject> {
  const first = new Map<string, SeenObject>();
  const unclear = new Set<string>();
  for (const object of scene.objects) {
    if (!isSeen(object)) continue;
    if (object.isClear === false) unclear.add(object.category);
    const before = first.get(object.category);
    if (before === undefined || object.firstSeen < before.firstSeen) {
      first.set(object.category, object);
    }
  }
  return new Map([...first].filter(([category]) => !unclear.has(category)));
}

type SeenObject = SceneObject & { readonly firstSeen: number };

function isSeen(object: SceneObject): object is SeenObject {
  return object.firstSeen !== undefined;
}

/**
 * Steps: the side to which the camera turns; for each category its cell and, in eighths of the clip, when the camera reaches it; the order.
 * Where the camera turns follows from the film, and the moments from that and from the cells.
 */
function stepsOf(
  { turn, metricGrid }: QuestionScene,
  objects: readonly SeenObject[],
  answer: string,
): string {
  const isOnMap = metricGrid && turn !== undefined;
  const lines = objects.map(({ category, cell, firstSeen }) =>
    [category, ...(isOnMap ? [cell.join(',')] : []), firstSeen >> 1].join(' '),
  );
  return isOnMap
    ? [turn, ...lines, answer.replaceAll(', ', ' ')].join(' ')
    : [...lines, answer].join(' ');
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
  first: ReadonlyMap<string, SeenObject>,
  categories: readonly string[],
  gap: number,
  length: number,
): Generator<readonly string[]> {
  if (begun.length === length) {
    yield begun;
    return;
  }
  for (const next of categories) {
    if (first.get(next)!.firstSeen - first.get(begun.at(-1)!)!.firstSeen < gap) continue;
    yield* inOrder([...begun, next], first, categories, gap, length);
  }
}

/** The answer's class is the category that appears first. */
export const appearanceOrder: QuestionKind = {
  name: 'appearance-order',
  ending: walkOf,
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
        const objects = [...named].sort().map((name) => first.get(name)!);
        const others = ordersOf(order)
          .map((other) => other.join(', '))
          .filter((other) => other !== answer);
        yield {
          problem: wording.appearanceOrder(named),
          answer,
          wrong: shuffled(random, others).slice(0, OPTIONS - 1),
          steps: stepsOf(scene, objects, answer),
          answerClass: a,
        };
      }
    }
  },
};
