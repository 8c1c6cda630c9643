/** What the map reward credits the entry of each category with, for the advantage `span-credit`. */
import { describe, expect, test } from '@jest/globals';
import { moveMap, parseOptions } from '@loci/core';
import type { SpanCredit } from '@loci/core';
import { map } from '../src/map.ts';
import { GOLD, ROOM, score } from './score.ts';

describe('credits', () => {
  const options = { when: 'always', scoring: 'places', symmetries: 'none', credits: true };
  const creditsOf = async (text: string, changed = {}): Promise<readonly object[] | undefined> => {
    const [outcome] = await score(map, [text], {
      sample: ROOM,
      options: { ...options, ...changed },
    });
    return outcome?.status === 'scored' ? outcome.credits : undefined;
  };

  test('stand where each category is written, with its own worth', async () => {
    const text = '<think><map>{"TV":[[4,5]],"chair":[[1,2]],"lamp":[[9,9]]}</map> TV 1</think>';
    const credits = await creditsOf(text);
    expect(credits).toEqual([
      { key: 'tv', start: 14, end: 25, value: 1, absent: 0 },
      // One of two chairs is drawn, and the lamp is not in the room.
      { key: 'chair', start: 27, end: expect.any(Number), value: 0.5, absent: 0 },
      { key: 'lamp', start: 43, end: 56, value: expect.any(Number), absent: 0 },
    ]);
    expect((credits![2] as SpanCredit).value).toBeLessThan(0);
    expect(text.slice(14, 25)).toBe('TV":[[4,5]]');
  });

  test('are there with the calibrated score as well, and only where they are asked for', async () => {
    const withLamp = GOLD.replace('}</map>', ',"lamp":[[9,9]]}</map>');
    const calibrated = await creditsOf(withLamp, { scoring: 'calibrated' });
    // The F1 of a lamp where none is is 0, and that of no lamp is 1.
    expect(calibrated).toMatchObject([
      { value: 1, absent: 0 },
      { value: 1, absent: 0 },
      { key: 'lamp', value: 0, absent: 1 },
    ]);
    expect(await creditsOf(GOLD, { credits: false })).toBeUndefined();
    expect(await creditsOf('no map')).toBeUndefined();
    const reference = { when: 'always', credits: true };
    expect(() => parseOptions(map, reference)).toThrow(/credits.*calibrated \| places/s);
  });

  test('follow the map as it was turned to be scored', async () => {
    // A quarter turn of the room, whose question allows it.
    const turned = { ...ROOM, map: moveMap(ROOM.map!, { quarterTurns: 1, mirrored: false }) };
    const [outcome] = await score(map, [GOLD], {
      sample: turned,
      options: { ...options, symmetries: 'quarter-turns' },
    });
    const values = outcome?.status === 'scored' ? outcome.credits?.map(({ value }) => value) : [];
    expect(values).toEqual([expect.closeTo(1), expect.closeTo(1)]);
  });
});
