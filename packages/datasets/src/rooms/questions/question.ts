/** What a kind of question is, and the scene as questions see it: generated rooms and real scans alike. */
import type { Cell, CognitiveMap, RandomStream } from '@loci/core';
import { PLAIN_WORDING, type Wording } from './wording.ts';

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
  /** False for what is on the map and yet too small, or seen too badly, to be asked about. */
  readonly isClear?: boolean;
}

/** How far from doubt a question must be to be asked. */
export interface Margins {
  /** The closest object is closer than the others by this, in metres. */
  readonly closestM: number;
  /** Shorter distances are not asked for, in metres. */
  readonly distanceM: number;
  /** Objects nearer to the observer than this leave a direction in doubt, in metres. */
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

/** What may differ between scenes that are asked the same kinds of questions. */
export interface QuestionRules {
  readonly wording: Wording;
  readonly margins: Margins;
  /** Objects among which the closest is to be found. */
  readonly closestOf: number;
  /** Categories whose order of appearance is asked for. */
  readonly orderOf: number;
}

/** The rules of generated rooms; half of a clip's frames still tell what appears first. */
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

/** A scene as questions see it. */
export interface QuestionScene {
  readonly objects: readonly SceneObject[];
  readonly map: CognitiveMap;
  /** Floor area; absent when it is not known, and then not asked for. */
  readonly areaM2?: number;
  /** Width and depth of a rectangular room, in metres. */
  readonly sidesM?: readonly [width: number, depth: number];
  /**
   * Whether the cells of the map are equally large in both directions. Only then can answers be worked out from the map, and
   * a question is only asked when the worked steps lead to the true answer.
   */
  readonly metricGrid: boolean;
  /** Metres between two objects; between their centres over the floor when left out. */
  readonly distanceM?: (a: SceneObject, b: SceneObject) => number;
  /** Those of generated rooms when left out. */
  readonly rules?: QuestionRules;
}

/** The rules that a scene is asked by. */
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
  /** Which of the kind's classes the answer belongs to. */
  readonly answerClass: string;
}

/** What may vary between data sets and changes the classes of answers. */
export interface QuestionSettings {
  readonly maxInstances: number;
  /** Categories that may be answers; those of generated rooms when left out. */
  readonly categories?: readonly string[];
}

/** One kind of question. */
export interface QuestionKind {
  readonly name: string;
  /** Classes of answers that are to be equally frequent: words, or ranges of numbers. */
  classes(settings: QuestionSettings): readonly string[];
  /**
   * The scene's questions that are free of ambiguity, in random order, made as they are taken: those whose answer is in the wanted
   * class, all when none is given.
   */
  drafts(scene: QuestionScene, random: RandomStream, wanted?: string): Iterable<DraftQuestion>;
}

/** Objects that a name alone points to, because their category has no second instance, and that are clear to see. */
export function singles(scene: QuestionScene): readonly SceneObject[] {
  return scene.objects.filter(
    ({ category, isClear }) => isClear !== false && scene.map[category]?.length === 1,
  );
}

/** Distance between the centres of two objects over the floor, in metres. */
export function centreDistanceM(a: SceneObject, b: SceneObject): number {
  return Math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);
}

/** Distance between two objects in metres, as the scene measures it. */
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
 * Whether an answer may be asked for: in the wanted class, or in any (also none, as in real scans whose values lie beyond the
 * generated rooms' ranges) when no class is wanted.
 */
export function fits(answerClass: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || answerClass === wanted;
}
