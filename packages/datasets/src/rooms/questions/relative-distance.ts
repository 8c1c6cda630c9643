/** Which of three objects is closest to a fourth, centre to centre. */
import { CATEGORIES } from '../catalogue.ts';
import { shuffled } from '../furnish.ts';
import {
  cellsBetween,
  distanceM,
  entryOf,
  fits,
  singles,
  type QuestionKind,
  type QuestionScene,
  type SceneObject,
} from './question.ts';

const OPTIONS = 3;
/** The closest is closer than the next by at least this. */
const LEAST_MARGIN_M = 0.5;

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
  const lines = sorted.map((option) => {
    const [dx, dy] = cellsBetween(anchor, option);
    const way = `${Math.abs(dx)},${Math.abs(dy)}`;
    return `${entryOf(scene, option.category)} ${way} ${cellDistance(anchor, option)}`;
  });
  return `${[entryOf(scene, anchor.category), ...lines].join(',')} ${closest.category}`;
}

/** The answer's class is its category. */
export const relativeDistance: QuestionKind = {
  name: 'relative-distance',
  classes: () => CATEGORIES,
  ask: (scene, random, wanted) => {
    const objects = shuffled(random, singles(scene));
    for (const closest of objects) {
      if (!fits(closest.category, wanted)) continue;
      for (const anchor of objects) {
        if (anchor === closest) continue;
        const farther = objects.filter(
          (other) =>
            other !== anchor &&
            other !== closest &&
            distanceM(anchor, other) - distanceM(anchor, closest) >= LEAST_MARGIN_M,
        );
        if (farther.length < OPTIONS - 1) continue;
        const options = [closest, ...farther.slice(0, OPTIONS - 1)];
        const steps = scene.metricGrid
          ? stepsOnMap(scene, anchor, options, closest)
          : closest.category;
        if (steps === undefined) continue;
        return {
          problem: `which is closest to the ${anchor.category}?`,
          answer: closest.category,
          wrong: options.slice(1).map(({ category }) => category),
          steps,
          answerClass: closest.category,
        };
      }
    }
    return undefined;
  },
};
