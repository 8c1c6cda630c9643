/** Answers to questions about made scenes, worked out from where the boxes stand and from nothing else. */
import { expect } from '@jest/globals';
import { extractSolution, type Sample } from '@loci/core';
import { gapBetween, type MadeObject, type MadeScene } from './made-scenes.ts';

/** The right option in words, or the number. */
export function answerOf({ solution, options }: Sample): string {
  const answer = extractSolution(solution)!;
  return options.find((option) => option.startsWith(`${answer}. `))?.slice(3) ?? answer;
}

function only(scene: MadeScene, category: string): MadeObject {
  const found = scene.objects.filter((object) => object.category === category);
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** Degrees from what is faced to the target, left positive. */
function turnAt(scene: MadeScene, names: readonly string[]): number {
  const [from, faced, target] = names.map((name) => only(scene, name).centre);
  const bearing = (to: MadeObject['centre']): number =>
    Math.atan2(to[1] - from![1], to[0] - from![0]);
  return ((((bearing(target!) - bearing(faced!)) * 180) / Math.PI + 540) % 360) - 180;
}

const DIRECTION = /standing by the (\w+) and facing the (\w+), is the (\w+) to my/u;

/** What the answer to a question about a made scene is, by kind; margins are checked on the way. */
export const ORACLES: Readonly<Record<string, (scene: MadeScene, sample: Sample) => string>> = {
  counting: (scene, { problem }) => {
    const [, category] = /How many (\w+)\(s\)/u.exec(problem)!;
    return `${scene.objects.filter((object) => object.category === category).length}`;
  },
  'absolute-distance': (scene, { problem }) => {
    const [, a, b] = /between the (\w+) and the (\w+) \(in meters\)/u.exec(problem)!;
    return gapBetween(only(scene, a!), only(scene, b!)).toFixed(1);
  },
  'relative-distance': (scene, { problem, options }) => {
    const anchor = only(scene, /closest to the (\w+)\?/u.exec(problem)![1]!);
    const gaps = options.map(
      (option) => [option.slice(3), gapBetween(anchor, only(scene, option.slice(3)))] as const,
    );
    const [closest, next] = [...gaps].sort((a, b) => a[1] - b[1]);
    expect(options).toHaveLength(4);
    expect(next![1] - closest![1]).toBeGreaterThanOrEqual(0.3 - 1e-3);
    return closest![0];
  },
  'object-size': (scene, { problem }) => {
    const [, category] = /side of the (\w+)/u.exec(problem)!;
    return `${Math.round(100 * Math.max(...only(scene, category!).size))}`;
  },
  'room-size': ({ areaM2 }) => areaM2.toFixed(1),
  'relative-direction-easy': (scene, { problem }) => {
    const turn = turnAt(scene, DIRECTION.exec(problem)!.slice(1));
    expect(Math.min(Math.abs(turn), 180 - Math.abs(turn))).toBeGreaterThanOrEqual(15 - 1e-6);
    return turn > 0 ? 'left' : 'right';
  },
  'relative-direction-medium': (scene, { problem }) => {
    const turn = turnAt(scene, DIRECTION.exec(problem)!.slice(1));
    expect(Math.abs(Math.abs(turn) - 135)).toBeGreaterThanOrEqual(15 - 1e-6);
    return Math.abs(turn) > 135 ? 'back' : turn > 0 ? 'left' : 'right';
  },
  'relative-direction-hard': (scene, { problem }) => {
    const turn = turnAt(scene, DIRECTION.exec(problem)!.slice(1));
    return `${Math.abs(turn) < 90 ? 'front' : 'back'} ${turn > 0 ? 'left' : 'right'}`;
  },
  'appearance-order': (scene, sample) => {
    const order = answerOf(sample).split(', ');
    expect([...order].sort()).toEqual(
      /in the video: (.*)\?/u.exec(sample.problem)![1]!.split(', ').sort(),
    );
    const entries = order.map((name) => entryOf(scene, name));
    for (const [index, entry] of entries.slice(1).entries())
      expect(entry - entries[index]!).toBeGreaterThan(-MOST_HIDDEN);
    return order.join(', ');
  },
};

/** The camera turns to the left from straight along x: how far it has turned when a category comes into its field of view. */
function entryOf({ objects }: MadeScene, category: string): number {
  const angles = objects.flatMap(({ category: name, centre: [x, y], size }) => {
    if (name !== category) return [];
    const degrees = 180 / Math.PI;
    const centre = Math.atan2(y, x) * degrees;
    const halfWidth = Math.atan(Math.hypot(size[0], size[1]) / 2 / Math.hypot(x, y)) * degrees;
    const halfView = Math.atan(320 / 400) * degrees;
    const isInView = Math.abs(centre) < halfView + halfWidth;
    return [isInView ? 0 : ((centre - halfWidth + 360) % 360) - halfView];
  });
  return Math.min(...angles);
}

/** Degrees by which something that stands before it may delay the sight of a thing, less the two sixteenths that are asked for. */
const MOST_HIDDEN = 10;
