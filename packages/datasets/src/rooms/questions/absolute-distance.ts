/** Asks for the distance of two objects in meters, as the scene measures it. */
import { shuffled } from '../furnish.ts';
import {
  cellsBetween,
  distanceM,
  entryOf,
  fits,
  numberClasses,
  rulesOf,
  singles,
  type QuestionKind,
} from './question.ts';

/** Equal ratios between 1 m and 5.1 m. */
const CLASSES = numberClasses([1, 1.5, 2.25, 3.4, 5.1]);

/** Steps: both entries, columns and rows between them, the distance. */
export const absoluteDistance: QuestionKind = {
  name: 'absolute-distance',
  classes: () => CLASSES.names,
  *drafts(scene, random, wanted) {
    const { wording, margins } = rulesOf(scene);
    const objects = shuffled(random, singles(scene));
    for (const [index, a] of objects.entries()) {
      for (const b of objects.slice(index + 1)) {
        const answer = distanceM(scene, a, b).toFixed(1);
        const answerClass = CLASSES.of(Number(answer));
        if (!fits(answerClass, wanted) || Number(answer) < margins.distanceM) continue;
        const [dx, dy] = cellsBetween(a, b);
        const entries = `${entryOf(scene, a.category)},${entryOf(scene, b.category)}`;
        yield {
          problem: wording.absoluteDistance(a.category, b.category),
          answer,
          steps: scene.metricGrid ? `${entries} ${Math.abs(dx)},${Math.abs(dy)} ${answer}` : answer,
          answerClass: CLASSES.orBeyond(Number(answer)),
        };
      }
    }
  },
};
