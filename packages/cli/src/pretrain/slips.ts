/**
 * Slips of a hasty observer, for demonstrations that are right on the whole and not to the cell. The steps and the answer follow from what
 * the observer noted. A model that imitates them reads its map and is unsure of what it sees: it finds the true place likeliest, and draws
 * others too. To prefer the true one is what reinforcement can teach.
 */
import type { RandomStream } from '@loci/core';
import { CELL_M, cellOf, cognitiveMapOf, type QuestionScene } from '@loci/datasets';

/** How often an observer slips, and how far. */
export interface Slips {
  /** Share of the objects noted one cell away. */
  readonly cells: number;
  /** Share of the categories counted wrong: two objects taken for one, or one for two that stand a cell apart. */
  readonly counts: number;
  /** Greatest relative error of a length, of objects and of the room; smaller ones are as frequent. */
  readonly lengths: number;
}

type SceneObject = QuestionScene['objects'][number];

/** Ways to the four cells beside one. */
const BESIDE = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/**
 * The object in a cell beside its own; one that would leave the grid stays on its border. When it is first seen does not follow from its new
 * place, so it is in no order of appearance.
 */
function moved({ firstSeen: _, ...object }: SceneObject, random: RandomStream): SceneObject {
  const [dx, dy] = BESIDE[Math.floor(random() * BESIDE.length)]!;
  const [x, y] = object.centre;
  const centre = [x + dx * CELL_M, y + dy * CELL_M] as const;
  return { ...object, centre, cell: cellOf(centre) };
}

/** The objects of one category as they are counted. */
function counted(
  objects: readonly SceneObject[],
  share: number,
  random: RandomStream,
): readonly SceneObject[] {
  if (random() >= share) return objects;
  const [first] = objects;
  return objects.length === 1 ? [first!, moved(first!, random)] : objects.slice(1);
}

/**
 * The scene as a hasty observer notes it. The same draws give the same slips.
 *
 * @param slips shares and relative error, each in [0, 1).
 */
export function noted(
  scene: QuestionScene,
  { cells, counts, lengths }: Slips,
  random: RandomStream,
): QuestionScene {
  const measured = (length: number): number => length * (1 + lengths * (2 * random() - 1));
  const categories = new Set(scene.objects.map(({ category }) => category));
  const objects = [...categories]
    .flatMap((name) =>
      counted(
        scene.objects.filter(({ category }) => category === name),
        counts,
        random,
      ),
    )
    .map((object) => {
      const placed = random() < cells ? moved(object, random) : object;
      const [width, depth, height] = object.sizeCm.map((cm) => Math.round(measured(cm))) as [
        number,
        number,
        number,
      ];
      return { ...placed, sizeCm: [width, depth, height] as const };
    });
  const sides = scene.sidesM?.map((side) => Math.round(measured(side) * 10) / 10);
  return {
    ...scene,
    objects,
    map: cognitiveMapOf({ objects }),
    ...(sides !== undefined && {
      sidesM: [sides[0]!, sides[1]!] as const,
      areaM2: sides[0]! * sides[1]!,
    }),
  };
}
