/** The generator's version goes with what it draws: rooms, questions and the held-out set are held against digests. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { generateRoom } from '../../src/rooms/generate-room.ts';
import { ROOM_GENERATOR } from '../../src/rooms/generator-version.ts';
import { roomSeries } from '../../src/rooms/room-series.ts';

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** Change the version with the digests: recipes name it to be remade exactly. */
const DRAWN: Readonly<Record<string, { readonly rooms: string; readonly heldOut: string }>> = {
  'rooms-1': { rooms: 'c180175b90d25955', heldOut: '275caa9dc948f278' },
  // The steps to the closest object have the letters of the options in them. Rooms, questions and answers are those of rooms-1.
  'rooms-2': { rooms: 'c180175b90d25955', heldOut: '3eb80cb5143ed627' },
  // The steps of hard directions and of the order of appearance end with marks of the options, and those of counts are the number alone.
  'rooms-3': { rooms: 'c180175b90d25955', heldOut: 'e710e57af60d9bd0' },
  // The steps of the order of appearance have the side in them to which the camera turns, and cells.
  'rooms-4': { rooms: 'c180175b90d25955', heldOut: 'b57ce8d613b42244' },
  // They end by going through the options.
  'rooms-5': { rooms: 'c180175b90d25955', heldOut: 'edaf7bf275d34534' },
};
/** Of the held-out questions without their demonstrations, on which all published figures rest. */
const HELD_OUT = '797b40fac7d8afdc';

test('a version of the generator always draws the same rooms', () => {
  const rooms = Array.from({ length: 40 }, (_, seed) => generateRoom(seed));
  expect(digest(rooms)).toBe(DRAWN[ROOM_GENERATOR]?.rooms);
});

test('a version of the generator always asks the same held-out questions', () => {
  const asked = roomSeries({ seed: 1, split: 'test', scenes: 30, questionsPerScene: 3 });
  const questions = Array.from(asked, ({ questions }) => questions);
  expect(digest(questions)).toBe(DRAWN[ROOM_GENERATOR]?.heldOut);
  const frozen = questions.map((all) =>
    all.map((question) =>
      Object.fromEntries(Object.entries(question).filter(([name]) => name !== 'demonstration')),
    ),
  );
  expect(digest(frozen)).toBe(HELD_OUT);
});
