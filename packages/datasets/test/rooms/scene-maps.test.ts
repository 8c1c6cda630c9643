import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSceneMap, scoreSceneMap } from '@loci/core';
import type { BoxMap, Sample, ViewMap } from '@loci/core';
import { fakeLogger } from '@loci/core/testing';
import { generateRoom } from '../../src/rooms/generate-room.ts';
import { cellOf } from '../../src/rooms/grid.ts';
import { DEFAULT_ROOM_OPTIONS } from '../../src/rooms/room-options.ts';
import { rooms } from '../../src/rooms/rooms.ts';
import { sceneMapOf } from '../../src/rooms/scene-maps.ts';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'loci-scene-maps-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function samplesOf(mapFormat: string): Promise<readonly Sample[]> {
  const small = { trainScenes: 4, testScenes: 1, height: 56, width: 84 };
  const options = rooms.options.parse({ folder: 'rooms', ...small, mapFormat });
  const dataset = rooms.create(options, { seed: 0, baseDirectory: base, logger: fakeLogger() });
  const source = await (await dataset).open('train');
  const samples = await Promise.all(Array.from({ length: source.size }, (_, at) => source.at(at)));
  await source.close();
  return samples;
}

const room = (seed: number) => generateRoom(seed, DEFAULT_ROOM_OPTIONS);

test('things stand in the cells of the cognitive map, with rows from the top, and backs to the nearest wall', () => {
  for (let seed = 0; seed < 20; seed++) {
    const scene = room(seed);
    const { objects, views } = sceneMapOf(scene, 'mindcube') as ViewMap;
    const cells = scene.objects
      .map(({ centre }) => cellOf(centre))
      .map(([x, y]) => `${x},${9 - y}`);
    expect(objects.map(({ position }) => position.join(',')).sort()).toEqual(cells.sort());
    expect(new Set(objects.map(({ name }) => name)).size).toBe(objects.length);
    expect(views.map(({ name }) => name)).toEqual(['view 1', 'view 2', 'view 3']);
    // The camera walks in from the bottom.
    const [first, , last] = views;
    expect(first!.position[1]).toBeGreaterThan(last!.position[1]);
  }
});

test('a thing against the far wall faces down', () => {
  const scene = room(3);
  const [piece] = scene.objects;
  const placed = { ...piece!, category: 'sofa' };
  const facing = [0, 1, 2, 3].map((turn) => {
    const objects = [{ ...placed, turn: turn as 0 | 1 | 2 | 3 }];
    return (sceneMapOf({ ...scene, objects }, 'mindcube') as ViewMap).objects[0]!.facing;
  });
  expect(facing).toEqual(['down', 'right', 'up', 'left']);
});

test('boxes are in meters from where the camera begins', () => {
  const scene = room(5);
  const { boxes } = sceneMapOf(scene, 'boxes') as BoxMap;
  const [, depth] = scene.size;
  for (const [index, { name, centre, size }] of boxes.entries()) {
    const object = scene.objects[index]!;
    expect(name).toBe(object.category);
    expect(Math.abs(centre[0] - object.centre[0])).toBeLessThan(0.051);
    // It begins 0.4 m from the wall.
    expect(Math.abs(centre[1] - (object.centre[1] + depth / 2 - 0.4))).toBeLessThan(0.051);
    expect(Math.abs(size[0] - object.size[0])).toBeLessThan(0.051);
  }
});

describe.each(['mindcube', 'boxes'] as const)('rooms with maps as %s', (mapFormat) => {
  test('ask the same questions, and demonstrate the true map and the answer', async () => {
    const [plain, mapped] = [await samplesOf('spacer'), await samplesOf(mapFormat)];
    expect(mapped.map(({ problem, options, solution }) => [problem, options, solution])).toEqual(
      plain.map(({ problem, options, solution }) => [problem, options, solution]),
    );
    for (const { map, sceneMap, demonstration, solution } of mapped) {
      expect(map).toBeUndefined();
      const drawn = readSceneMap(demonstration!, mapFormat);
      expect('fault' in drawn ? drawn : scoreSceneMap(drawn, sceneMap!)?.score).toBe(1);
      expect(demonstration!.endsWith(`</think>${solution}`)).toBe(true);
    }
    for (const { sceneMap } of plain) expect(sceneMap).toBeUndefined();
  });
});

test('rooms of another form have folders of their own', async () => {
  expect(await readdir(join(base, 'rooms'))).toHaveLength(3);
});
