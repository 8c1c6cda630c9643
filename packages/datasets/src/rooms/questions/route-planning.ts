/**
 * Asks "You go from A to B and on to C. How do you turn?" after the route planning of VSI-Bench, with one turn. SR-91k has no such
 * questions, so this kind is off unless a config names it.
 */
import { shuffled } from '../furnish.ts';
import {
  centreDistanceM,
  cellsBetween,
  entryOf,
  fits,
  rulesOf,
  singles,
  type Margins,
  type QuestionKind,
  type QuestionScene,
  type SceneObject,
} from './question.ts';
import { BACK_DEGREES, TURNS, degreesBetween, facingFrame, turnFromCells } from './turns.ts';

type Route = readonly [from: SceneObject, at: SceneObject, to: SceneObject];

/** The turn on a route, left positive; undefined near a border between two turns. */
function turnOn([from, at, to]: Route, { sideDegrees, backDegrees }: Margins): string | undefined {
  const degrees = degreesBetween(
    [at.centre[0] - from.centre[0], at.centre[1] - from.centre[1]],
    [to.centre[0] - at.centre[0], to.centre[1] - at.centre[1]],
  );
  const size = Math.abs(degrees);
  if (size > BACK_DEGREES + backDegrees) return 'back';
  if (size < sideDegrees || size > BACK_DEGREES - backDegrees) return undefined;
  return degrees > 0 ? 'left' : 'right';
}

/** The entries, the first way and its compass direction, the second as cells ahead and to the left; undefined where cells are ambiguous. */
function stepsOnMap(scene: QuestionScene, route: Route, answer: string): string | undefined {
  const [from, at, to] = route;
  const facing = cellsBetween(from, at);
  const way = cellsBetween(at, to);
  const frame = facingFrame(facing, way);
  if (frame === undefined || turnFromCells(frame.ahead, frame.left) !== answer) return undefined;
  const entries = route.map(({ category }) => entryOf(scene, category));
  return `${entries.join(',')} ${facing} ${frame.compass} ${way} ${frame.ahead},${frame.left} ${answer}`;
}

/** The answer's class is the turn. */
export const routePlanning: QuestionKind = {
  name: 'route-planning',
  classes: () => TURNS,
  *drafts(scene, random, wanted) {
    const { wording, margins } = rulesOf(scene);
    const objects = shuffled(random, singles(scene));
    for (const from of objects) {
      for (const at of objects) {
        if (at === from || centreDistanceM(from, at) < margins.standM) continue;
        for (const to of objects) {
          if (to === from || to === at || centreDistanceM(at, to) < margins.standM) continue;
          const answer = turnOn([from, at, to], margins);
          if (answer === undefined || !fits(answer, wanted)) continue;
          const steps = scene.metricGrid ? stepsOnMap(scene, [from, at, to], answer) : answer;
          if (steps === undefined) continue;
          yield {
            problem: wording.routePlanning(from.category, at.category, to.category),
            answer,
            wrong: TURNS.filter((turn) => turn !== answer),
            steps,
            answerClass: answer,
          };
        }
      }
    }
  },
};
