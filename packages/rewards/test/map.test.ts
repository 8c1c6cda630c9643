import { describe, expect, test } from '@jest/globals';
import type { Sample } from '@loci/core';
import { describeRewardContract } from '@loci/core/testing';
import { map } from '../src/map.ts';
import { GOLD, ROOM, UNMAPPED, earlier, score, valuesOf } from './score.ts';

const MISSES = '<map>{"lamp":[[1,2]]}</map>';
const HALF = '<map>{"TV":[[4,5]]}</map>';

describeRewardContract({
  plugin: map,
  sample: ROOM,
  gold: GOLD,
  garbage: [MISSES],
  earlier: { answer: { status: 'scored', value: 1 } },
});
describeRewardContract({
  plugin: map,
  options: { when: 'always', power: 3 },
  sample: ROOM,
  gold: GOLD,
});

const one = async (text: string, answerValue: number, options = {}, sample: Sample = ROOM) =>
  valuesOf(
    await score(map, [text], { sample, options, outcomes: earlier({ answer: [answerValue] }) }),
  )[0];

describe('a bonus to right answers', () => {
  test.each([
    [GOLD, 1, 1],
    [HALF, 1, 1 / 3],
    [GOLD, 0, 0],
    [MISSES, 1, -1],
    ['no map', 1, 0],
    ['<map></map>', 1, 0],
    ['</map><map>', 1, 0],
  ])('%j after an answer worth %d: %d', async (text, answered, value) => {
    expect(await one(text, answered)).toBeCloseTo(value);
  });

  test('a number must be better than 0.5, and stakes what it won', async () => {
    const sample = { ...ROOM, problemType: 'numerical' } as const;
    expect(await one(GOLD, 0.5, {}, sample)).toBe(0);
    expect(await one(GOLD, 0.6, {}, sample)).toBe(1);
    expect(await one(MISSES, 0.6, {}, sample)).toBe(-0.6);
  });

  test('other types have no map bonus', async () => {
    const sample = { ...ROOM, problemType: 'OCR' } as const;
    expect(await one(GOLD, 1, {}, sample)).toBe('abstained');
    expect(await one(GOLD, 1, { compat: 'spacer' }, sample)).toBe(0);
  });

  test('the penalty can be left out', async () => {
    expect(await one(MISSES, 1, { penalty: false })).toBe(0);
  });
});

describe('the reference', () => {
  const compat = 'spacer';

  test.each([
    ['<map></map>', -1],
    ['</map><map>', -1],
    ['<map>', 0],
    ['<map>{"tv":[[4,5]]}</map>', -1],
    [GOLD, 2 / 3],
  ])('%j: %d', async (text, value) => expect(await one(text, 1, { compat })).toBeCloseTo(value));

  test('a map of a sample without one costs everything', async () => {
    expect(await one(GOLD, 1, { compat }, UNMAPPED)).toBe(-1);
    expect(await one(GOLD, 1, {}, UNMAPPED)).toBe('abstained');
    expect(await one(GOLD, 1, {}, { ...ROOM, map: {} })).toBe('abstained');
  });
});

describe('options', () => {
  test('always: every completion gets its score, without an answer reward', async () => {
    const outcomes = await score(map, [GOLD, HALF, MISSES, ''], { options: { when: 'always' } });
    expect(valuesOf(outcomes)).toEqual([1, expect.closeTo(1 / 3), 0, 0]);
    expect(outcomes[3]!.reason).toBe('no map');
  });

  test('power steepens', async () => {
    expect(await one(HALF, 1, { power: 2 })).toBeCloseTo(1 / 9);
  });

  test('clip and surplus', async () => {
    const beyond = '<map>{"TV":[[4,5]],"chair":[[1,2],[7,8]],"lamp":[[1,1],[2,2],[3,3]]}</map>';
    expect(await one(beyond, 1)).toBe(1);
    expect(await one(beyond, 1, { surplusWeight: 1 })).toBeCloseTo(0.5);
    const corner: Sample = { ...ROOM, map: { bed: [[9, 0]] } };
    expect(await one('<map>{"bed":[[30,-5]]}</map>', 1, { clip: true }, corner)).toBe(1);
    expect(await one('<map>{"bed":[[30,-5]]}</map>', 1, {}, corner)).toBe(-1);
  });

  test('the parts tell position from counts', async () => {
    const [outcome] = await score(map, ['<map>{"TV":[[4,7]],"chair":[[1,2],[7,8]]}</map>'], {
      options: { when: 'always' },
    });
    expect(outcome).toMatchObject({
      parts: { withinOneCell: 2 / 3, countAccuracy: 1, meanCellError: 2 },
    });
  });
});

describe('after the answer', () => {
  test('a run without an answer reward is told what to do', async () => {
    await expect(score(map, [GOLD])).rejects.toThrow('"answer"');
  });

  test('an answer that was not scored leaves the map nothing to add to', async () => {
    const outcomes = new Map([['answer', [{ status: 'failed', reason: 'x' } as const]]]);
    expect(valuesOf(await score(map, [GOLD], { outcomes }))).toEqual(['abstained']);
  });
});
