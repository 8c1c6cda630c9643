/** Asks which of several objects is closest to another, as the scene measures distance. */
import { CATEGORIES } from '../catalogue.ts';
import { shuffled } from '../furnish.ts';
import {
  cellsBetween,
  distanceM,
  entryOf,
  fits,
  rulesOf,
  singles,
  type QuestionKind,
  type QuestionScene,
  type SceneObject,
} from './question.ts';

/** Distance on the map in whole cells. */
function cellDistance(a: SceneObject, b: SceneObject): number {
  return Math.round(Math.hypot(...cellsBetween(a, b)));
}

/** Steps: the anchor's entry; for each option its entry, columns and rows, and distance in cells; the closest. */
function stepsOnMap(
  scene: QuestionScene,
  anchor: SceneObject,
  options: readonly SceneObject[],
  closest: SceneObject,
): string | undefined {
  const least = cellDistance(anchor, closest);
  const tied = options.filter((option) => cellDistance(anchor, option) <= least).length > 1;
  if (tied) return undefined;
  const sorted = [...options].sort((a, b) => (a.category < b.category ? -1 : 1));
  const lines = sorted.map((option) => lineOf(scene, anchor, option));
  return `${[entryOf(scene, anchor.category), ...lines].join(',')} ${closest.category}`;
}

/** The entry of an object, columns and rows to the anchor, and the distance in cells. */
function lineOf(scene: QuestionScene, anchor: SceneObject, object: SceneObject): string {
  const [dx, dy] = cellsBetween(anchor, object);
  const way = `${Math.abs(dx)},${Math.abs(dy)}`;
  return `${entryOf(scene, object.category)} ${way} ${cellDistance(anchor, object)}`;
}

/** The same steps in the order of the options, each line behind its letter: the least distance is that of the right one. */
function letteredStepsOnMap(
  scene: QuestionScene,
  anchor: SceneObject,
  objects: readonly SceneObject[],
): (options: readonly string[]) => string {
  return (options) => {
    const lines = options.map((option) => {
      const object = objects.find(({ category }) => category === option.slice(3))!;
      return `${option[0]!}${lineOf(scene, anchor, object)}`;
    });
    return [entryOf(scene, anchor.category), ...lines].join(' ');
  };
}

/** The answer's class is its category. */
export const relativeDistance: QuestionKind = {
  name: 'relative-distance',
  classes: ({ categories = CATEGORIES }) => categories,
  *drafts(scene, random, wanted) {
    const { wording, margins, closestOf } = rulesOf(scene);
    const objects = shuffled(random, singles(scene));
    for (const closest of objects) {
      if (!fits(closest.category, wanted)) continue;
      for (const anchor of objects) {
        if (anchor === closest) continue;
        const farther = objects.filter(
          (other) =>
            other !== anchor &&
            other !== closest &&
            distanceM(scene, anchor, other) - distanceM(scene, anchor, closest) >= margins.closestM,
        );
        if (farther.length < closestOf - 1) continue;
        const options = [closest, ...farther.slice(0, closestOf - 1)];
        const steps = scene.metricGrid
          ? stepsOnMap(scene, anchor, options, closest)
          : closest.category;
        if (steps === undefined) continue;
        const names = options.map(({ category }) => category);
        yield {
          problem: wording.relativeDistance(anchor.category, names),
          answer: closest.category,
          wrong: names.slice(1),
          steps,
          ...(scene.metricGrid && { letteredSteps: letteredStepsOnMap(scene, anchor, options) }),
          answerClass: closest.category,
        };
      }
    }
  },
};
