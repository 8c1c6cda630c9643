import { describe, expect, test } from '@jest/globals';
import type { ProblemType } from '@loci/core';
import { describeRewardContract } from '@loci/core/testing';
import { answer } from '../src/answer.ts';
import { map } from '../src/map.ts';
import { GOLD, ROOM, score, valuesOf } from './score.ts';

const asked = (problemType: string, truth: string) => ({
  ...ROOM,
  problemType: problemType as ProblemType,
  solution: `<answer>${truth}</answer>`,
});

async function valueOf(problemType: string, truth: string, said: string, options = {}) {
  const sample = asked(problemType, truth);
  return valuesOf(await score(answer, [`<answer>${said}</answer>`], { sample, options }))[0];
}

const TRUTHS = [
  ['multiple choice', 'B'],
  ['numerical', '2.5'],
  ['OCR', 'exit only'],
  ['free-form', 'a man opens the door'],
  ['regression', '12'],
] as const;
for (const [problemType, truth] of TRUTHS) {
  describeRewardContract({
    plugin: answer,
    sample: asked(problemType, truth),
    gold: `<think>x</think><answer>${truth}</answer>`,
    garbage: ['', 'no tags', '<answer></answer>', '<answer>zzz</answer>'],
  });
}
describeRewardContract({
  plugin: answer,
  options: { numbers: 'dense' },
  sample: asked('numerical', '2.5'),
});

describe('multiple choice', () => {
  test.each([
    ['B', 1, 1],
    ['A', 0, 0],
    ['b', 0, 1],
    ['B.', 0, 1],
    ['(B)', 0, 1],
    ['B. chair', 0, 1],
    ['Bed', 0, 0],
    ['the B', 0, 0],
  ])('%j is worth %d, and %d leniently', async (said, exact, lenient) => {
    expect(await valueOf('multiple choice', 'B', said)).toBe(exact);
    expect(await valueOf('multiple choice', 'B', said, { letters: 'lenient' })).toBe(lenient);
  });

  test('a missing answer never scores, except in the reference', async () => {
    const sample = { ...ROOM, solution: 'no tags' };
    expect(valuesOf(await score(answer, [''], { sample }))).toEqual([0]);
    const empty = { ...ROOM, solution: '' };
    expect(valuesOf(await score(answer, [''], { sample: empty }))).toEqual(['failed']);
    const options = { compat: 'spacer' };
    expect(valuesOf(await score(answer, [''], { sample, options }))).toEqual([1]);
  });
});

describe('numerical', () => {
  test.each([
    ['2.5 m', '2.5', 1, 1],
    ['3 chairs in a room', '3', 1, 0],
    ['1,234', '1234', 1, 0],
    ['twenty one', '21', 1, 0],
    ['5', '-5', 0, 1],
    ['0', '0', 1, 0],
    ['0.1', '0', 0, 0],
    ['9', '10', 0.9, 0.9],
    ['nothing', '10', 0, 0],
  ])('%j for %j is worth %d, and %d in the reference', async (said, truth, value, compat) => {
    expect(await valueOf('numerical', truth, said)).toBe(value);
    expect(await valueOf('numerical', truth, said, { compat: 'spacer' })).toBe(compat);
  });
});

describe('numbers: dense', () => {
  const dense = (said: string, truth: string, options = {}) =>
    valueOf('numerical', truth, said, { numbers: 'dense', ...options });

  test('near misses differ, and far ones too', async () => {
    expect(await dense('2 m', '2')).toBe(1);
    expect(await dense('2.5', '2')).toBe(0.5);
    expect(await dense('2.5', '2', { halfError: 0.125 })).toBe(0.25);
    expect(await dense('-2', '2')).toBe(2 ** -8);
    expect(await dense('many', '2')).toBe(0);
    expect([await dense('0', '0'), await dense('1', '0')]).toEqual([1, 0]);
  });

  test('mean relative accuracy stays to be read, and other types as they are', async () => {
    const options = { numbers: 'dense' };
    const [outcome] = await score(answer, ['<answer>11</answer>'], {
      sample: asked('numerical', '10'),
      options,
    });
    expect(outcome).toMatchObject({ value: 2 ** -0.4, parts: { parsed: 1, mra: 0.9 } });
    expect(await valueOf('regression', '10', '9', options)).toBeCloseTo(0.9);
  });

  test('the map counts for the same answers', async () => {
    for (const said of ['12.4', '12.6']) {
      const completion = GOLD.replace('A</answer>', `${said}</answer>`);
      const sample = asked('numerical', '10');
      const [steps, smooth] = await Promise.all(
        [{}, { numbers: 'dense' }].map(async (options) => {
          const answers = await score(answer, [completion], { sample, options });
          const outcomes = new Map([['answer', answers]]);
          return valuesOf(await score(map, [completion], { sample, outcomes }));
        }),
      );
      expect(smooth).toEqual(steps);
      expect(smooth).toEqual([said === '12.4' ? 1 : 0]);
    }
  });
});

test('what the reference does not know is refused beside it', () => {
  for (const [options, path] of [
    [{ compat: 'spacer', letters: 'lenient' }, 'letters'],
    [{ compat: 'spacer', numbers: 'dense' }, 'numbers'],
    [{ halfError: 0.1 }, 'halfError'],
  ] as const) {
    expect(() => answer.options.parse(options)).toThrow(path);
  }
});

describe('the other types', () => {
  test('reading text costs a word error each', async () => {
    expect(await valueOf('OCR', 'exit only here', 'exit only there')).toBeCloseTo(2 / 3);
    expect(await valueOf('OCR', 'exit', 'a b c d')).toBe(0);
  });

  test('a free answer identical to the truth is fully right', async () => {
    expect(await valueOf('free-form', '漢字', '漢字')).toBe(1);
    expect(await valueOf('free-form', '漢字', '漢字', { compat: 'spacer' })).toBe(0);
    expect(await valueOf('free-form', 'door', 'door', { compat: 'spacer' })).toBeCloseTo(2 / 3);
  });

  test.each([
    ['Стул стоит слева от стола', 'Стул слева от стола', 0.7, 0.8],
    ['椅子在桌子的左边', '椅子在桌子的左边。', 1, 1],
    ['椅子在桌子的左边', '椅子在桌子的右边', 0.8, 0.9],
    ['Cristóbal está ayudando', 'Cristobal esta ayudando', 0.9, 0.95],
    ['Cristóbal está ayudando', 'cristóbal está ayudando', 1, 1],
    ['الكرسي', 'الكرسى', 0.8, 0.9],
    ['cafe', 'café', 2 / 3, 0.67],
    ['→', '→ ', 1, 1],
  ])('a free answer is graded in any script: %s by %s', async (truth, said, least, most) => {
    const value = (await valueOf('free-form', truth, said)) as number;
    expect(value).toBeGreaterThanOrEqual(least);
    expect(value).toBeLessThanOrEqual(most);
  });

  test.each([
    ['the chair', 'стул', /another script/],
    ['стул', 'the chair is over there', /compared by characters/],
  ])('a free answer in another script has a reason: %s by %s', async (truth, said, reason) => {
    const sample = asked('free-form', truth);
    const [outcome] = await score(answer, [`<answer>${said}</answer>`], { sample });
    expect(outcome).toMatchObject({ value: 0, reason: expect.stringMatching(reason) });
  });

  test('reading text without blanks between words costs a character error each', async () => {
    expect(await valueOf('OCR', '出口在左边', '出口在右边')).toBeCloseTo(0.8);
    expect(await valueOf('OCR', '出口', '出口。')).toBeCloseTo(0.5);
  });

  test.each([
    ['numerical', '2', '2/3', 0],
    ['numerical', '1/2', '0.5', 1],
    ['numerical', '0.5', '½', 1],
    ['numerical', '2.5', '2 1/2', 1],
    ['numerical', '2½', 'two and a half', 1],
    ['numerical', '8', '2^3', 1],
    ['numerical', '2', '2^3', 0],
    ['numerical', '1500', '1.5×10^3', 1],
    ['regression', '1234', '1 234', 1],
    ['regression', '3', '9/3', 1],
  ])('a number is read whole: %s %s by %s', async (type, truth, said, value) => {
    const sample = asked(type, truth);
    const [outcome] = await score(answer, [`<answer>${said}</answer>`], { sample });
    expect(outcome).toMatchObject({ value, parts: { parsed: 1 } });
  });

  test.each(['0,5', '1.234,5', '1:30', '2π', '3 x 4'])(
    'or not at all, and says so: %s',
    async (said) => {
      const sample = asked('numerical', '1');
      const [outcome] = await score(answer, [`<answer>${said}</answer>`], { sample });
      expect(outcome).toMatchObject({ value: 0, parts: { parsed: 0 } });
    },
  );

  test('no answer buys a regression its point with NaN', async () => {
    expect(await valueOf('regression', '5', 'nan')).toBe(0);
    expect(await valueOf('regression', '5', 'nan', { compat: 'spacer' })).toBe(1);
    expect(await valueOf('regression', '0', '0')).toBe(1);
    expect(await valueOf('regression', '0', '0', { compat: 'spacer' })).toBe(0);
    expect(await valueOf('regression', '10', '1,0')).toBe(await valueOf('regression', '10', '1'));
    expect(await valueOf('regression', '10', '9')).toBeCloseTo(0.9);
  });
});

describe('what cannot be judged is said', () => {
  test('no answer, an empty one, and one without a number', async () => {
    const outcomes = await score(answer, ['', '<answer></answer>', '<answer>x</answer>'], {
      sample: asked('numerical', '3'),
    });
    expect(outcomes.map((outcome) => outcome.reason)).toEqual([
      'no answer tag',
      'empty answer',
      'no number in the answer',
    ]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ parts: { parsed: 0 }, value: 0 });
  });

  test('a truth that is no number fails; the reference calls it 0', async () => {
    expect(await valueOf('numerical', 'many', '3')).toBe('failed');
    expect(await valueOf('regression', 'inf', '3')).toBe('failed');
    expect(await valueOf('numerical', 'many', '3', { compat: 'spacer' })).toBe(0);
  });

  test('an unknown type is abstained from; the reference calls it 0', async () => {
    expect(await valueOf('riddle', 'A', 'A')).toBe('abstained');
    expect(await valueOf('toString', 'A', 'A')).toBe('abstained');
    expect(await valueOf('riddle', 'A', 'A', { compat: 'spacer' })).toBe(0);
  });
});
