/** The rule of the mirror reward beside rooms that are mirrored piece by piece: answers, options and maps. */
import { expect, test } from '@jest/globals';
import { moveMap, randomStream } from '@loci/core';
import type { CognitiveMap } from '@loci/core';
import {
  ALL_QUESTION_KINDS,
  askScene,
  generateRoom,
  questionSceneOf,
  renderRoom,
} from '@loci/datasets';
import type { Film, RoomScene } from '@loci/datasets';
import { treatFrames } from '@loci/media';
import { mirrorOfAnswers } from '@loci/rewards';

/** A kind is not asked of every room, and not always alike of a room and its mirror image. */
const FEWEST = 5;

/** The same room with left and right exchanged, seen by the mirrored camera at the same times. */
function mirrored(room: RoomScene): RoomScene {
  const piece = <Piece extends RoomScene['decor'][number]>(placed: Piece): Piece => ({
    ...placed,
    centre: [0 - placed.centre[0], placed.centre[1]],
    turn: placed.turn % 2 === 1 ? 4 - placed.turn : placed.turn,
  });
  const [west, east, south, north] = room.look.wallColours;
  const [lightX, lightY, lightZ] = room.look.light;
  return {
    ...room,
    objects: room.objects.map(piece),
    decor: room.decor.map(piece),
    look: {
      ...room.look,
      wallColours: [east, west, south, north],
      light: [0 - lightX, lightY, lightZ],
    },
    camera: { ...room.camera, mirrored: !room.camera.mirrored },
  };
}

/** Where a centre lies on the border of two cells, rounding decides, and no map mirrors exactly. */
function isOffBorders({ objects }: RoomScene): boolean {
  return objects.every(({ centre: [x] }) => Math.abs(x / 0.7 - Math.round(x / 0.7)) > 1e-6);
}

const ROOMS = Array.from({ length: 80 }, (_, index) => generateRoom(index + 1)).filter(
  isOffBorders,
);

test.each(ALL_QUESTION_KINDS)('%s', (kind) => {
  const said = new Set<string>();
  let compared = 0;
  for (const room of ROOMS) {
    const { seed } = room;
    const scenes = [questionSceneOf(room), questionSceneOf(mirrored(room))] as const;
    const [own, other] = scenes.map((scene) => askScene(scene, kind, randomStream(seed)));
    // Cells are coarse: one of the two rooms may leave a question in doubt, and another is asked.
    if (own === undefined || other?.problem !== own.problem) continue;
    const mirror = mirrorOfAnswers({ ...own, questionKind: own.kind });
    if ('unknown' in mirror) throw new Error(`${own.problem}: ${mirror.unknown}`);
    if (mirror.of === 'number') {
      expect(other.answer).toBe(own.answer);
    } else {
      const word = ({ options }: typeof own, letter: string | undefined) =>
        options.find((option) => option.startsWith(`${letter}.`))!.slice(3);
      expect(word(own, mirror.letters.get(own.answer))).toBe(word(other, other.answer));
      said.add(word(own, own.answer));
    }
    expect(sorted(moveMap(own.map, { quarterTurns: 0, mirrored: true }))).toEqual(
      sorted(other.map),
    );
    compared++;
  }
  expect(compared).toBeGreaterThan(FEWEST);
  if (kind.includes('direction')) expect(said.size).toBeGreaterThan(1);
});

test('the film of a mirrored room is the mirrored film, but for the grain of its floor', () => {
  for (const room of ROOMS.slice(0, 3)) {
    const size = { frames: 4, height: 56, width: 84 };
    const [own, other] = [renderRoom(room, size), renderRoom(mirrored(room), size)];
    expect([...other.visiblePixels]).toEqual([...own.visiblePixels]);
    const turned = treatFrames(picturesOf(own), { kind: 'mirrored' });
    const apart = meanDifference(turned, picturesOf(other));
    expect(apart).toBeLessThan(meanDifference(picturesOf(own), picturesOf(other)) / 3);
  }
});

type Pictures = ReturnType<typeof treatFrames>;

function picturesOf({ frames, width, height, pixels }: Film): Pictures {
  const bytes = 3 * width * height;
  return Array.from({ length: frames }, (_, frame) => ({
    width,
    height,
    pixels: pixels.slice(frame * bytes, (frame + 1) * bytes),
  }));
}

function meanDifference(one: Pictures, other: Pictures): number {
  const differences = one.flatMap(({ pixels }, frame) =>
    Array.from(pixels, (value, at) => Math.abs(value - other[frame]!.pixels[at]!)),
  );
  return differences.reduce((sum, value) => sum + value, 0) / differences.length;
}

function sorted(map: CognitiveMap): unknown {
  return Object.fromEntries(
    Object.entries(map).map(([name, cells]) => [name, cells.map(String).toSorted()]),
  );
}
