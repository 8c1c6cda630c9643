/** What a kind of question is, and the scene as questions see it: generated rooms and real scans alike. */
import type { Cell, CognitiveMap, RandomStream } from '@loci/core';

/** An object that can be asked about. */
export interface SceneObject {
  readonly category: string;
  /** Metres; x to the right, y to the front. */
  readonly centre: readonly [x: number, y: number];
  /** Where it stands on the cognitive map. */
  readonly cell: Cell;
  /** Width, depth and height in whole centimetres. */
  readonly sizeCm: readonly [width: number, depth: number, height: number];
  /** When the camera sees it for the first time, in sixteenths of the clip; absent when never, or when there is no clip. */
  readonly firstSeen?: number;
}

/** A scene as questions see it. */
export interface QuestionScene {
  readonly objects: readonly SceneObject[];
  readonly map: CognitiveMap;
  readonly areaM2: number;
  /** Width and depth of a rectangular room, in metres. */
  readonly sidesM?: readonly [width: number, depth: number];
  /**
   * Whether the cells of the map are equally large in both directions. Only then can answers be worked out from the map, and
   * a question is only asked when the worked steps lead to the true answer.
   */
  readonly metricGrid: boolean;
}

/** A question before its options are lettered. */
export interface DraftQuestion {
  readonly problem: string;
  /** The right option in words, or the number. */
  readonly answer: string;
  /** The wrong options; absent for a number. */
  readonly wrong?: readonly string[];
  /** The worked steps from the map to the answer, in words. */
  readonly steps: string;
  /** Which of the kind's classes the answer belongs to. */
  readonly answerClass: string;
}

/** What may vary between data sets and changes the classes of answers. */
export interface QuestionSettings {
  readonly maxInstances: number;
}

/** One kind of question. */
export interface QuestionKind {
  readonly name: string;
  /** Classes of answers that are to be equally frequent: words, or ranges of numbers. */
  classes(settings: QuestionSettings): readonly string[];
  /**
   * A question whose answer is in the wanted class (any class when none is given), or undefined when the scene has none
   * that is free of ambiguity.
   */
  ask(scene: QuestionScene, random: RandomStream, wanted?: string): DraftQuestion | undefined;
}

/** Objects whose category has no second instance: the only ones that a name alone points to. */
export function singles(scene: QuestionScene): readonly SceneObject[] {
  return scene.objects.filter(({ category }) => scene.map[category]?.length === 1);
}

/** Distance between the centres of two objects over the floor, in metres. */
export function distanceM(a: SceneObject, b: SceneObject): number {
  return Math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);
}

/** An entry of the map in the map's own form, so that a model can copy it: `"chair":[[2,4]]`. */
export function entryOf(scene: QuestionScene, category: string): string {
  return `"${category}":${JSON.stringify(scene.map[category])}`;
}

/** Columns and rows from one object to another. */
export function cellsBetween(
  from: SceneObject,
  to: SceneObject,
): readonly [dx: number, dy: number] {
  return [to.cell[0] - from.cell[0], to.cell[1] - from.cell[1]];
}

/** Ranges of numbers as answer classes, least included, greatest excluded. */
export interface NumberClasses {
  readonly names: readonly string[];
  /** The class of a number; undefined when it is in none. */
  of(value: number): string | undefined;
}

/** Classes between the given bounds; a geometric spacing leaves a constant answer the least score. */
export function numberClasses(bounds: readonly number[]): NumberClasses {
  const names = bounds.slice(0, -1).map((least, index) => `${least}-${bounds[index + 1]}`);
  return {
    names,
    of: (value) =>
      names[
        bounds.findIndex(
          (least, index) => value >= least && value < (bounds[index + 1] ?? -Infinity),
        )
      ],
  };
}

/**
 * Whether an answer may be asked for: in the wanted class, or in any (also none, as in real scans whose values lie beyond the
 * generated rooms' ranges) when no class is wanted.
 */
export function fits(answerClass: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || answerClass === wanted;
}
