/**
 * Asks "You stand at A and face B. Where is C?" in three levels, as in VSI-Bench: left or right; left, right or back; and the four
 * quadrants. No question is about an angle near the border between two answers.
 */
import { marksOf } from '../demonstration.ts';
import { shuffled } from '../furnish.ts';
import {
  cellsBetween,
  centreDistanceM,
  entryOf,
  fits,
  rulesOf,
  singles,
  type Margins,
  type QuestionKind,
  type QuestionScene,
  type SceneObject,
} from './question.ts';
import {
  BACK_DEGREES,
  TURNS,
  degreesBetween,
  facingFrame,
  sideOf,
  turnFromCells,
} from './turns.ts';
import type { DirectionLevelName } from './wording.ts';

interface Level {
  readonly words: readonly string[];
  /** The answer for the angle from the facing direction to the target, in degrees, left positive; undefined near a border. */
  fromAngle(angle: number, margins: Margins): string | undefined;
  /** The same from whole cells ahead of and to the left of the observer; undefined when they are ambiguous. */
  fromCells(ahead: number, left: number): string | undefined;
}

const LEVELS: Readonly<Record<DirectionLevelName, Level>> = {
  easy: {
    words: ['left', 'right'],
    fromAngle: (angle, { sideDegrees }) => {
      const turn = Math.abs(angle);
      return turn < sideDegrees || turn > 180 - sideDegrees ? undefined : sideOf(angle);
    },
    fromCells: (_ahead, left) => sideOf(left),
  },
  medium: {
    words: TURNS,
    fromAngle: (angle, { sideDegrees, backDegrees }) => {
      const turn = Math.abs(angle);
      if (turn > BACK_DEGREES + backDegrees) return 'back';
      return turn < sideDegrees || turn > BACK_DEGREES - backDegrees ? undefined : sideOf(angle);
    },
    fromCells: turnFromCells,
  },
  hard: {
    words: ['front left', 'front right', 'back left', 'back right'],
    fromAngle: (angle, { quadrantDegrees }) => {
      const turn = Math.abs(angle);
      if (turn % 90 < quadrantDegrees || turn % 90 > 90 - quadrantDegrees) return undefined;
      return `${turn < 90 ? 'front' : 'back'} ${sideOf(angle)}`;
    },
    fromCells: (ahead, left) =>
      ahead === 0 || left === 0 ? undefined : `${ahead > 0 ? 'front' : 'back'} ${sideOf(left)}`,
  },
};

/** Degrees from the facing direction to the target, −180…180, left positive. */
function angleAt(observer: SceneObject, faced: SceneObject, target: SceneObject): number {
  const fx = faced.centre[0] - observer.centre[0];
  const fy = faced.centre[1] - observer.centre[1];
  const tx = target.centre[0] - observer.centre[0];
  const ty = target.centre[1] - observer.centre[1];
  return degreesBetween([fx, fy], [tx, ty]);
}

/**
 * The steps on the map: the three entries, the way to what is faced and its compass direction, the way to the target, the same
 * as cells ahead and to the left, and the word. Undefined when the cells do not lead to `answer`.
 */
function stepsOnMap(
  scene: QuestionScene,
  level: Level,
  [observer, faced, target]: readonly [SceneObject, SceneObject, SceneObject],
  answer: string,
): string | undefined {
  const facing = cellsBetween(observer, faced);
  const way = cellsBetween(observer, target);
  const frame = facingFrame(facing, way);
  if (frame === undefined || level.fromCells(frame.ahead, frame.left) !== answer) return undefined;
  const entries = [observer, faced, target].map(({ category }) => entryOf(scene, category));
  return `${entries.join(',')} ${facing} ${frame.compass} ${way} ${frame.ahead},${frame.left} ${answer}`;
}

function relativeDirection(name: DirectionLevelName): QuestionKind {
  const level = LEVELS[name];
  return {
    name: `relative-direction-${name}`,
    ...(name === 'hard' && { ending: marksOf }),
    classes: () => level.words,
    *drafts(scene, random, wanted) {
      const { wording, margins } = rulesOf(scene);
      const objects = shuffled(random, singles(scene));
      for (const observer of objects) {
        for (const faced of objects) {
          for (const target of objects) {
            if (observer === faced || observer === target || faced === target) continue;
            const tooNear =
              Math.min(centreDistanceM(observer, faced), centreDistanceM(observer, target)) <
              margins.standM;
            const answer = level.fromAngle(angleAt(observer, faced, target), margins);
            if (tooNear || answer === undefined || !fits(answer, wanted)) continue;
            const steps = scene.metricGrid
              ? stepsOnMap(scene, level, [observer, faced, target], answer)
              : answer;
            if (steps === undefined) continue;
            const names = [observer.category, faced.category, target.category] as const;
            yield {
              problem: wording.relativeDirection(name, ...names),
              answer,
              wrong: level.words.filter((word) => word !== answer),
              steps,
              answerClass: answer,
            };
          }
        }
      }
    },
  };
}

/** Left or right. */
export const relativeDirectionEasy = relativeDirection('easy');

/** Left, right or back, where back begins at 135° from straight ahead. */
export const relativeDirectionMedium = relativeDirection('medium');

/** Front left, front right, back left or back right. */
export const relativeDirectionHard = relativeDirection('hard');
