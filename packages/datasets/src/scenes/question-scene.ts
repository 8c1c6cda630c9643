/** Prepares an annotated scene for questions: decides which objects are on the map, and which are clear enough for questions. */
import { SENTENCE_WORDING } from '../rooms/questions/wording.ts';
import type { QuestionRules, QuestionScene, SceneObject } from '../rooms/questions/question.ts';
import { mapOfCells } from '../rooms/grid.ts';
import type { AnnotatedObject, AnnotatedScene } from '../annotated/annotated-scene.ts';
import { boxDistance, hullHalf, type OrientedBox } from '../annotated/oriented-box.ts';
import type { SceneRecipe } from './recipe.ts';
import { boxSightings, type BoxSighting } from './sightings.ts';
import { stretchedGrid } from './stretched-grid.ts';

/** The objects of a scene, counted by their use. */
export interface ObjectCounts {
  readonly annotated: number;
  /** Of an ignored category: neither on the map nor in questions. */
  readonly ignored: number;
  /** Never seen by the camera: neither on the map nor in questions. */
  readonly unseen: number;
  /** Too small: on the map, not in questions. */
  readonly small: number;
  /** Seen too badly: on the map, not in questions. */
  readonly faint: number;
}

/** A scene that is ready for questions. */
export interface PreparedScene {
  readonly scene: QuestionScene;
  readonly objects: ObjectCounts;
}

/** The rules of questions about scans: four options, whole sentences. */
function rulesFor({ margins }: SceneRecipe): QuestionRules {
  const { directionDegrees, ...others } = margins;
  return {
    wording: SENTENCE_WORDING,
    margins: {
      ...others,
      sideDegrees: directionDegrees,
      backDegrees: directionDegrees,
      quadrantDegrees: directionDegrees,
    },
    closestOf: 4,
    orderOf: 4,
  };
}

interface Seen extends AnnotatedObject {
  readonly sighting?: BoxSighting;
}

function look(
  objects: readonly AnnotatedObject[],
  scene: AnnotatedScene,
  seenShare: number,
): readonly Seen[] {
  const { camera, occluders } = scene;
  if (camera === undefined) return objects;
  const boxes = objects.map(({ box }) => box);
  const sightings = boxSightings(boxes, occluders, camera, seenShare);
  return objects.map((object, index) => ({ ...object, sighting: sightings[index]! }));
}

const longestSide = ({ half }: OrientedBox): number => 2 * Math.max(...half);

/** Distances between the closest points of boxes, each computed once. */
function closestPoints(boxes: ReadonlyMap<SceneObject, OrientedBox>): QuestionScene['distanceM'] {
  const known = new Map<SceneObject, Map<SceneObject, number>>();
  return (a, b) => {
    const from = known.get(a) ?? new Map<SceneObject, number>();
    known.set(a, from);
    const distance =
      from.get(b) ?? known.get(b)?.get(a) ?? boxDistance(boxes.get(a)!, boxes.get(b)!);
    from.set(b, distance);
    return distance;
  };
}

/**
 * Prepares a scene. Without camera poses everything counts as seen, and first appearances are unknown. The map is not metric: it
 * spans its objects, as in VSI-Bench.
 */
export function prepareScene(annotated: AnnotatedScene, recipe: SceneRecipe): PreparedScene {
  const { clear, roomM2 } = recipe;
  const ignored = new Set(recipe.ignore);
  const named = annotated.objects.filter(({ category }) => !ignored.has(category));
  const looked = look(named, annotated, clear.seenShare);
  const seen = looked.filter(
    ({ sighting }) => sighting === undefined || sighting.firstSeen !== undefined,
  );
  // A glimpsed instance makes the number of instances, and whether a name identifies one of them, a matter of eyesight.
  const glimpsed = new Set(
    looked
      .filter(({ sighting }) => sighting?.firstSeen === undefined && sighting?.largestShare)
      .map(({ category }) => category),
  );
  const hulls = seen.map(({ box }) => {
    const [x, y] = hullHalf(box);
    const [cx, cy] = box.centre;
    return { min: [cx - x, cy - y] as const, max: [cx + x, cy + y] as const };
  });
  const cellOf = stretchedGrid(hulls);
  const isSmall = ({ box }: Seen): boolean => longestSide(box) < clear.sizeM;
  const isFaint = ({ category, sighting }: Seen): boolean =>
    glimpsed.has(category) ||
    (sighting !== undefined &&
      (sighting.largestShare < clear.frameShare || sighting.seenFor < clear.seenFor));
  const boxes = new Map<SceneObject, OrientedBox>();
  for (const object of seen) {
    const { category, box, sighting } = object;
    const sides = box.half.map((half) => Math.round(200 * half)) as [number, number, number];
    boxes.set(
      {
        category,
        centre: [box.centre[0], box.centre[1]],
        cell: cellOf(box.centre),
        sizeCm: sides,
        ...(sighting?.firstSeen === undefined ? {} : { firstSeen: sighting.firstSeen }),
        isClear: !isSmall(object) && !isFaint(object),
      },
      box,
    );
  }
  const objects = [...boxes.keys()];
  const { areaM2 } = annotated;
  const isAsked = areaM2 !== undefined && areaM2 >= roomM2[0] && areaM2 <= roomM2[1];
  const small = seen.filter(isSmall).length;
  return {
    scene: {
      objects,
      map: mapOfCells(objects),
      ...(isAsked ? { areaM2 } : {}),
      metricGrid: false,
      distanceM: closestPoints(boxes)!,
      rules: rulesFor(recipe),
    },
    objects: {
      annotated: annotated.objects.length,
      ignored: annotated.objects.length - named.length,
      unseen: looked.length - seen.length,
      small,
      faint: seen.filter((object) => !isSmall(object) && isFaint(object)).length,
    },
  };
}
