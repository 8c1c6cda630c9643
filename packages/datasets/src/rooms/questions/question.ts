/** The interface of a kind of question, and the scene that questions are about: a generated room or a real scan. */
import type { Cell, CognitiveMap, RandomStream } from '@loci/core';
import type { Turn } from '../camera.ts';
import { PLAIN_WORDING, type Wording } from './wording.ts';

/** An object that questions can be about. */
export interface SceneObject {
  readonly category: string;
  /** Meters; x to the right, y to the front. */
  readonly centre: readonly [x: number, y: number];
  /** Its cell on the cognitive map. */
  readonly cell: Cell;
  /** Width, depth and height in whole centimeters. */
  readonly sizeCm: readonly [width: number, depth: number, height: number];
  /** When the camera sees it for the first time, in sixteenths of the clip; absent when never, or without a clip. */
  readonly firstSeen?: number;
  /** False for an object on the map that is too small, or seen too badly, for questions. */
  readonly isClear?: boolean;
}

/** Margins that keep questions unambiguous. */
export interface Margins {
  /** The closest object is closer than the others by this, in meters. */
  readonly closestM: number;
  /** The shortest distance that a question asks for, in meters. */
  readonly distanceM: number;
  /** The direction to an object nearer to the observer than this is ambiguous, in meters. */
  readonly standM: number;
  /** Degrees from the border between left and right. */
  readonly sideDegrees: number;
  /** Degrees from the border between the sides and the back. */
  readonly backDegrees: number;
  /** Degrees from the borders between quadrants. */
  readonly quadrantDegrees: number;
  /** First appearances are at least this far apart, in sixteenths of the clip. */
  readonly appearance: number;
}

/** The wording and bounds of questions, which differ between kinds of scenes. */
export interface QuestionRules {
  readonly wording: Wording;
  readonly margins: Margins;
  /** Number of objects in a question for the closest. */
  readonly closestOf: number;
  /** Number of categories in a question for the order of appearance. */
  readonly orderOf: number;
}

/** The rules of generated rooms. Half of a clip's frames suffice to see what appears first. */
export const ROOM_RULES: QuestionRules = {
  wording: PLAIN_WORDING,
  margins: {
    closestM: 0.5,
    distanceM: 0.5,
    standM: 0.8,
    sideDegrees: 20,
    backDegrees: 12,
    quadrantDegrees: 15,
    appearance: 2,
  },
  closestOf: 3,
  orderOf: 3,
};

/** A scene that questions are about. */
export interface QuestionScene {
  readonly objects: readonly SceneObject[];
  readonly map: CognitiveMap;
  /** Floor area; absent when unknown, and then no question asks for it. */
  readonly areaM2?: number;
  /** Width and depth of a rectangular room, in meters. */
  readonly sidesM?: readonly [width: number, depth: number];
  /**
   * Whether the cells of the map are equally large in both directions. Only then answers can be worked out from the map, and
   * a question needs steps on the map that lead to the true answer.
   */
  readonly metricGrid: boolean;
  /** To which side the camera turns while it films; absent where no clip is known. */
  readonly turn?: Turn;
  /** Meters between two objects; between their centers over the floor when left out. */
  readonly distanceM?: (a: SceneObject, b: SceneObject) => number;
  /** Those of generated rooms when left out. */
  readonly rules?: QuestionRules;
}

/** The rules of questions about a scene. */
export function rulesOf(scene: QuestionScene): QuestionRules {
  return scene.rules ?? ROOM_RULES;
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
  /** The same with the letters of the options in them, so that they lead to a letter; absent where the words do. */
  readonly letteredSteps?: (options: readonly string[]) => string;
  /** Which of the kind's classes the answer belongs to. */
  readonly answerClass: string;
}

/** Settings of a data set that change the classes of answers. */
export interface QuestionSettings {
  readonly maxInstances: number;
  /** Categories that may be answers; those of generated rooms when left out. */
  readonly categories?: readonly string[];
}

/** One kind of question. */
export interface QuestionKind {
  readonly name: string;
  /** How worked steps on a map end, in place of the right option. */
  readonly ending?: (options: readonly string[], answer: string) => string;
  /** Classes of answers that are to be equally frequent: words, or ranges of numbers. */
  classes(settings: QuestionSettings): readonly string[];
  /**
   * Generates the unambiguous questions about a scene, in random order: those whose answer is in the wanted class, or all when no
   * class is given.
   */
  drafts(scene: QuestionScene, random: RandomStream, wanted?: string): Iterable<DraftQuestion>;
}

/** Clearly visible objects whose category has no other instance, so that its name identifies them. */
export function singles(scene: QuestionScene): readonly SceneObject[] {
  return scene.objects.filter(
    ({ category, isClear }) => isClear !== false && scene.map[category]?.length === 1,
  );
}

/** Distance between the centers of two objects over the floor, in meters. */
export function centreDistanceM(a: SceneObject, b: SceneObject): number {
  return Math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);
}

/** Distance between two objects in meters, as the scene measures it. */
export function distanceM(scene: QuestionScene, a: SceneObject, b: SceneObject): number {
  return (scene.distanceM ?? centreDistanceM)(a, b);
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
  /** The class of a number, or on which side of all classes it lies: `below 1`, `from 5.1`. */
  orBeyond(value: number): string;
}

/** Classes between the given bounds; a geometric spacing leaves a constant answer the least score. */
export function numberClasses(bounds: readonly number[]): NumberClasses {
  const names = bounds.slice(0, -1).map((least, index) => `${least}-${bounds[index + 1]}`);
  const of = (value: number): string | undefined =>
    names[
      bounds.findIndex((least, index) => value >= least && value < (bounds[index + 1] ?? -Infinity))
    ];
  const beyond = (value: number): string =>
    value < bounds[0]! ? `below ${bounds[0]!}` : `from ${bounds.at(-1)!}`;
  return { names, of, orBeyond: (value) => of(value) ?? beyond(value) };
}

/**
 * Whether a question may have an answer of this class: the wanted class, or any when no class is wanted. Answers about real scans
 * may lie beyond all classes.
 */
export function fits(answerClass: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || answerClass === wanted;
}
