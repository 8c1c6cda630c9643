import { describe, expect, test } from '@jest/globals';
import type { Sample } from '@loci/core';
import { describeRewardContract } from '@loci/core/testing';
import fc from 'fast-check';
import { consistency } from '../src/consistency.ts';
import { UNMAPPED, score, valuesOf } from './score.ts';

const asked = (problem: string, ...options: readonly string[]): Sample => ({
  ...UNMAPPED,
  problem,
  options,
  problemType: options.length > 0 ? 'multiple choice' : 'numerical',
  solution: `<answer>${options.length > 0 ? 'A' : '3'}</answer>`,
});
const COUNT = asked('how many of this are in the room: chair?');
const CLOSEST = asked('which is closest to the desk?', 'A. bed', 'B. sofa', 'C. tv');
const FACING = asked(
  'you stand at the bed and face the tv. where is the lamp?',
  'A. back',
  'B. left',
  'C. right',
);
const FAR = asked('how many metres is the bed away from the tv?');
const SURFACE = asked(
  'Measuring from the closest point of each object, which of these objects (bed, sofa) is the closest to the desk?',
  'A. bed',
  'B. sofa',
);
const SIZE = asked('how many square metres is the floor of the room?');

const completion = (map: string, answer: string) =>
  `<think><map>${map}</map></think><answer>${answer}</answer>`;

async function judge(sample: Sample, map: string, answer: string, options = {}) {
  const [outcome] = await score(consistency, [completion(map, answer)], { sample, options });
  return outcome!.status === 'scored' ? outcome!.value : outcome!.status;
}

async function reason(sample: Sample, text: string, options = {}): Promise<string | undefined> {
  return (await score(consistency, [text], { sample, options }))[0]!.reason;
}

for (const [sample, options] of [
  [COUNT, {}],
  [CLOSEST, {}],
  [FACING, { rows: 'down' }],
  [FAR, { cellMetres: 0.7 }],
  [SURFACE, { fromSurface: 'centres' }],
] as const) {
  describeRewardContract({ plugin: consistency, sample, options });
}

describe('an answer that the own map gives is consistent, another is not', () => {
  test.each([
    ['a count', COUNT, '{"chair":[[1,2],[7,8]]}', '2', '3'],
    ['a count of plurals', COUNT, "{'Chairs': [(1,2)]}", 'one', '2'],
    [
      'the closest',
      CLOSEST,
      '{"desk":[[5,5]],"bed":[[0,0]],"sofa":[[6,5]],"tv":[[9,9]]}',
      'B',
      'A',
    ],
    [
      'the closest of several',
      CLOSEST,
      '{"desk":[[0,0],[9,9]],"bed":[[3,3]],"sofa":[[5,2],[4,4]],"tv":[[9,8],[0,9]]}',
      'C. tv',
      'B',
    ],
    ['to the left', FACING, '{"bed":[[5,5]],"tv":[[5,8]],"lamp":[[3,6]]}', 'B', 'C'],
    ['to the right', FACING, '{"bed":[[5,5]],"tv":[[2,5]],"lamp":[[3,6]]}', '(C)', 'B'],
    ['behind', FACING, '{"bed":[[5,5]],"tv":[[5,8]],"lamp":[[5,1]]}', 'A', 'B'],
  ])('%s', async (_, sample, map, right, wrong) => {
    expect(await judge(sample, map, right)).toBe(1);
    expect(await judge(sample, map, wrong)).toBe(0);
  });

  test('a distance that the cells allow; beyond it by its relative error', async () => {
    const map = '{"bed":[[1,1]],"tv":[[4,5]]}';
    const at = (metres: number) => judge(FAR, map, `${metres} m`, { cellMetres: 1 });
    expect(await at(3.7)).toBe(1);
    expect(await at(6.4)).toBe(1);
    expect(await at(7)).toBeGreaterThan((await at(8)) as number);
    expect(await at(1)).toBe(0);
    expect(await at(-4)).toBe(0);
    expect(await judge(FAR, '{"bed":[[1,1]],"tv":[[1,1]]}', '0', { cellMetres: 1 })).toBe(1);
  });

  test('rows that grow downward exchange left and right', async () => {
    const map = '{"bed":[[5,5]],"tv":[[5,8]],"lamp":[[3,6]]}';
    expect(await judge(FACING, map, 'C', { rows: 'down' })).toBe(1);
    expect(await judge(FACING, map, 'B', { rows: 'down' })).toBe(0);
  });
});

describe('what the completion leaves open scores 0, and says why', () => {
  test.each([
    ['', 'no answer tag'],
    ['<answer></answer>', 'empty answer'],
    ['<answer>B</answer>', 'no map'],
    ['<map></map><answer>B</answer>', 'empty map'],
    [completion('desk [5,5] bed [0,0] sofa [6,5] tv [9,9]', 'B'), 'the map is no dictionary'],
    [completion('{"desk":[[5,5]],"sofa":[[6,5]]}', 'B'), 'the map has no bed'],
    [
      completion('{"desk":[[5,5]],"bed":[[4,5]],"sofa":[[6,5]],"tv":[[9,9]]}', 'B'),
      'the map has bed and sofa equally near',
    ],
    [
      completion('{"desk":[[5,5]],"bed":[[1,1]],"sofa":[[6,5]],"tv":[[9,9]]}', 'sofa'),
      'the answer names no option',
    ],
    [
      completion('{"desk":[[5,5]],"bed":[[1,1]],"sofa":[[6,5]],"tv":[[9,9]]}', 'A'),
      'the map says sofa, the answer bed',
    ],
    [
      completion('{"desk":[[5,5]],"bed":[[1e300,1]],"sofa":[[6,5]],"tv":[[9,9]]}', 'A'),
      'the map has a bed beyond any grid',
    ],
    [
      completion(
        `{"desk":[${'[5,5],'.repeat(101)}],"bed":[[1,1]],"sofa":[[6,5]],"tv":[[9,9]]}`,
        'B',
      ),
      'the map has more of desk than cells',
    ],
  ])('%j: %s', async (text, why) => {
    expect(valuesOf(await score(consistency, [text], { sample: CLOSEST }))).toEqual([0]);
    expect(await reason(CLOSEST, text)).toBe(why);
  });

  test('two of what must be one, a target in line, nothing drawn of what is counted', async () => {
    const two = completion('{"bed":[[5,5],[1,1]],"tv":[[5,8]],"lamp":[[3,6]]}', 'B');
    expect(await reason(FACING, two)).toBe('the map has more than one bed');
    const ahead = completion('{"bed":[[5,5]],"tv":[[5,8]],"lamp":[[5,6]]}', 'B');
    expect(await reason(FACING, ahead)).toBe('the map has it neither left nor right');
    expect(await reason(COUNT, completion('{"bed":[[5,5]]}', '0'))).toBe('the map has no chair');
    expect(await reason(COUNT, completion('{"chair":[[5,5]]}', 'x'))).toBe(
      'no number in the answer',
    );
    expect(await reason(COUNT, completion('{"chair":[[5,5]]}', '2'))).toBe(
      'the map says 1, the answer 2',
    );
  });
});

describe('what the question leaves open is abstained from', () => {
  test.each([
    [
      'room sizes',
      SIZE,
      { cellMetres: 0.7 },
      'no map answers this question, or its wording is not known',
    ],
    [
      'distances in cells of unknown size',
      FAR,
      {},
      'the size of a cell is not known; set cellMetres',
    ],
    [
      'what is measured from surfaces',
      SURFACE,
      {},
      'a map of centers gives no distances between surfaces',
    ],
  ])('%s', async (_, sample, options, why) => {
    const outcomes = await score(consistency, ['', completion('{"bed":[[1,1]]}', 'A')], {
      sample,
      options,
    });
    expect(outcomes).toEqual(Array(2).fill({ status: 'abstained', reason: why }));
  });

  test('no completion can choose to be abstained from', async () => {
    const text = fc.array(
      fc.constantFrom(
        '<map>',
        '</map>',
        '<answer>',
        '</answer>',
        '{',
        '}',
        '"desk":[[5,5]]',
        '"bed":[[1,1]]',
        ',',
        'A',
        '"tv":[[5,5]]',
        '"sofa":[[1,1]]',
      ),
      { maxLength: 14 },
    );
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(COUNT, CLOSEST, FACING), async (pieces, sample) => {
        const [outcome] = await score(consistency, [pieces.join('')], { sample });
        expect(outcome!.status).toBe('scored');
      }),
    );
  });
});

test('neither the true map nor the true answer is looked at', async () => {
  const texts = ['A', 'B', 'C'].map((letter) =>
    completion('{"desk":[[5,5]],"bed":[[1,1]],"sofa":[[6,5]],"tv":[[9,9]]}', letter),
  );
  const plain = await score(consistency, texts, { sample: CLOSEST });
  expect(valuesOf(plain)).toEqual([0, 1, 0]);
  for (const other of [
    { map: { desk: [[0, 0]], bed: [[0, 1]] } },
    { solution: '<answer>C</answer>' },
    { solution: '' },
    { demonstration: 'x' },
  ] as const) {
    const sample: Sample = { ...CLOSEST, ...other };
    expect(await score(consistency, texts, { sample })).toEqual(plain);
  }
});

test('a wrong answer that follows from a wrong map earns all: put a gate before it', async () => {
  const map = '{"desk":[[0,0]],"bed":[[9,9]],"sofa":[[8,8]],"tv":[[0,1]]}';
  expect(await judge(CLOSEST, map, 'C')).toBe(1);
});
