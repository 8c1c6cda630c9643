import { describe, expect, test } from '@jest/globals';
import { MOST_MAP_POINTS, formatCognitiveMap, moveMap, parseOptions } from '@loci/core';
import type { Sample } from '@loci/core';
import { describeRewardContract } from '@loci/core/testing';
import { map } from '../src/map.ts';
import { GOLD, ROOM, UNMAPPED, earlier, score, valuesOf } from './score.ts';

const MISSES = '<map>{"lamp":[[1,2]]}</map>';
const CENTRE = '<map>{"TV":[[5,5]],"chair":[[5,5],[5,5]]}</map>';
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
for (const scoring of ['calibrated', 'places'] as const) {
  describeRewardContract({
    plugin: map,
    options: { when: 'always', scoring, credits: true },
    sample: ROOM,
    gold: GOLD,
    garbage: [MISSES, CENTRE],
  });
}

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

describe('the calibrated score', () => {
  const scoring = 'calibrated';
  const lopsided = {
    chair: [
      [1, 2],
      [2, 8],
    ],
    TV: [[8, 6]],
  } as const;
  const direction = { ...ROOM, map: lopsided, questionKind: 'relative-direction-easy' };
  const distance = { ...direction, questionKind: 'object_abs_distance' };
  const unknown = { ...direction, questionKind: 'colour' };
  const drawn = (quarterTurns: 0 | 1 | 2 | 3, mirrored: boolean): string =>
    `<map>${formatCognitiveMap(moveMap(lopsided, { quarterTurns, mirrored }))}</map>`;
  const TURNED = drawn(1, false);
  const MIRRORED = drawn(2, true);

  test('a wrong map costs a right answer nothing, unless asked to', async () => {
    expect(await one(GOLD, 1, { scoring })).toBe(1);
    expect(await one(MISSES, 1, { scoring })).toBe(0);
    expect(await one(CENTRE, 1, { scoring })).toBe(0);
    expect(await one(CENTRE, 1, { scoring, penalty: true })).toBe(-1);
    expect(await one('no map', 1, { scoring, penalty: true })).toBe(0);
  });

  test('turns and mirrors count where they do not change the answer', async () => {
    expect(await one(TURNED, 1, { scoring }, unknown)).toBeLessThan(0.5);
    expect(await one(TURNED, 1, { scoring }, direction)).toBe(1);
    expect(await one(TURNED, 1, { scoring, symmetries: 'none' }, direction)).toBeLessThan(0.5);
    expect(await one(MIRRORED, 1, { scoring }, direction)).toBeLessThan(0.5);
    expect(await one(MIRRORED, 1, { scoring }, distance)).toBe(1);
  });

  test('the parts tell what the score is made of, and how the map was moved', async () => {
    const unicorn = '<map>{"tv":[[3,8]],"chair":[[7,1]],"unicorn":[[0,0]]}</map>';
    const options = { scoring, when: 'always' };
    const [outcome] = await score(map, [unicorn], { sample: direction, options });
    expect(outcome).toMatchObject({
      parts: {
        credit: expect.closeTo(2 / 3),
        invented: 1,
        missing: 1,
        quarterTurns: 3,
        mirrored: 0,
        withinOneCell: 2 / 3,
      },
    });
    const parts = (outcome as { parts: Record<string, number> }).parts;
    expect(parts['score']).toBeCloseTo((2 / 3 - parts['chance']!) / (1 - parts['chance']!));
  });

  test('a category that is not there costs, and a wider reach forgives more', async () => {
    const invented = GOLD.replace('"TV"', '"unicorn":[[0,0]],"TV"');
    expect(await one(invented, 1)).toBe(1);
    expect(await one(invented, 1, { scoring })).toBeLessThan(0.9);
    const near = '<map>{"TV":[[4,6]],"chair":[[1,3],[7,9]]}</map>';
    const wide = (await one(near, 1, { scoring, reach: 6 })) as number;
    expect(wide).toBeGreaterThan((await one(near, 1, { scoring, reach: 2 })) as number);
  });

  test('a room whose map a blind guess gets right is abstained from', async () => {
    const sample: Sample = { ...ROOM, map: { bed: [[5, 5]] } };
    expect(await one(GOLD, 1, { scoring }, sample)).toBe('abstained');
    expect(await one(GOLD, 1, { scoring }, UNMAPPED)).toBe('abstained');
  });

  test.each([
    [{ symmetries: 'none' }, /symmetries.*`scoring: calibrated \| places`/],
    [{ reach: 2 }, /reach.*`scoring: calibrated \| places`/],
    [{ scoring, surplusWeight: 1 }, /surplusWeight.*`scoring: reference`/],
    [{ scoring, compat: 'spacer' }, /scoring.*compat: spacer/],
    [{ scoring, symmetries: 'mirrors' }, /symmetries.*quarter-turns/],
  ])('%j is an error that names the option', (options, message) =>
    expect(() => parseOptions(map, options)).toThrow(message),
  );
});

describe('a map in a form that is not read says which', () => {
  test.each([
    ['{"chair": {"x": 1, "y": 2}}', /points are objects with x and y; write \{/],
    ['{"chair": [{"x": 1, "y": 2}]}', /points are objects with x and y/],
    ['{"chair": [1, 2]}', /one flat \[x, y\]/],
    ['{"map": {"chair": [[1, 2]]}}', /wrapped in another/],
    ['{"lamp": [[1, 2]]}', /^no point of the map fits$/],
  ])('%s', async (drawn, reason) => {
    for (const scoring of ['spacer', 'calibrated'] as const) {
      const options = { when: 'always', ...(scoring === 'calibrated' && { scoring }) };
      const [outcome] = await score(map, [`<map>${drawn}</map>`], { sample: ROOM, options });
      if (scoring === 'calibrated' && drawn.includes('lamp')) continue;
      expect(outcome).toMatchObject({ value: 0, reason: expect.stringMatching(reason) });
    }
  });
});

describe('maps without bounds', () => {
  const points = (count: number): string =>
    `<map>{"TV":[${Array.from({ length: count }, (_, at) => `[${at % 10},${at % 7}]`).join(',')}]}</map>`;

  test.each([
    { when: 'always' },
    { when: 'always', scoring: 'calibrated' },
    { when: 'always', compat: 'spacer' },
  ])('%j: a map of too many points is none, and its reason says so', async (options) => {
    const outcomes = await score(map, [points(MOST_MAP_POINTS + 1), points(MOST_MAP_POINTS)], {
      sample: ROOM,
      options,
    });
    expect(outcomes[0]).toMatchObject({
      value: 0,
      reason: `the map has ${MOST_MAP_POINTS + 1} points, and a map may have ${MOST_MAP_POINTS}`,
    });
    expect(outcomes[1]).not.toMatchObject({ reason: expect.stringContaining('may have') });
  });

  test('a true map of too many points is the fault of the sample', async () => {
    const sample = { ...ROOM, map: { TV: new Array(MOST_MAP_POINTS + 1).fill([1, 2]) } };
    await expect(score(map, [GOLD], { sample, options: { when: 'always' } })).rejects.toThrow(
      "the sample's true map has",
    );
  });

  test.each(['1e300', '9'.repeat(400), '-1e308'])(
    'parts are finite with a cell at %s',
    async (far) => {
      for (const scoring of ['reference', 'calibrated']) {
        const [outcome] = await score(map, [`<map>{"TV":[[${far}, 2]]}</map>`], {
          sample: ROOM,
          options: { when: 'always', scoring },
        });
        const { parts = {} } = outcome as { readonly parts?: Readonly<Record<string, number>> };
        expect(Object.values(parts).filter((part) => !Number.isFinite(part))).toEqual([]);
      }
    },
  );
});
