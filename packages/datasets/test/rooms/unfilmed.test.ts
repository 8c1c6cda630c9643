/** Rooms without videos, for who writes rewards without the package that encodes them. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fakeLogger } from '@loci/core/testing';
import { DEFAULT_ROOM_OPTIONS } from '../../src/rooms/room-options.ts';
import { ensureRooms, roomsFolderName } from '../../src/rooms/write-rooms.ts';
import type { RoomsSplit } from '../../src/rooms/write-rooms.ts';
import { openSpacerFolder } from '../../src/spacer/spacer-folder.ts';
import { SPACER_FILES } from '../../src/spacer/write-spacer-folder.ts';

const split: RoomsSplit = {
  ...DEFAULT_ROOM_OPTIONS,
  ...{ seed: 1, split: 'train', scenes: 3, questionsPerScene: 2, kinds: ['counting'] },
  ...{ framesPerSecond: 4, seconds: 1, height: 32, width: 48 },
};
const FILES = {
  recordsFile: SPACER_FILES.records,
  mapsFile: SPACER_FILES.maps,
  demonstrationsFile: SPACER_FILES.demonstrations,
};

test('have a folder of their own, and questions that are read without their videos', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'loci-unfilmed-'));
  const folder = await ensureRooms(parent, { ...split, unfilmed: true }, fakeLogger());
  expect(folder).not.toContain(roomsFolderName(split));
  const source = await openSpacerFolder({ folder, ...FILES, unfilmed: true });
  expect(source.size).toBeGreaterThan(3);
  expect(source.problems()).toEqual([]);
  const { media, map } = await source.at(0);
  expect(map).toBeDefined();
  expect(media.every(({ path }) => !existsSync(path))).toBe(true);
  await source.close();
  await expect(openSpacerFolder({ folder, ...FILES })).rejects.toThrow(/is missing/);
});
